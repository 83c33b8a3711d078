import { constants, createPrivateKey, privateDecrypt, privateEncrypt } from "node:crypto";
import { parentPort, receiveMessageOnPort } from "node:worker_threads";

import type { RsaBatch, RsaMode } from "./rsa-pool.ts";

/*
 * One thread of the pool: the private operations of RSA, synchronously, one batch at a time. Each
 * thread parses its own copy of a key, since operations with one shared key wait for each other.
 */
const MODES = {
  "decrypt-oaep-sha256": {
    operate: privateDecrypt,
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    oaepHash: "sha256",
  },
  "decrypt-oaep-sha1": {
    operate: privateDecrypt,
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    oaepHash: "sha1",
  },
  "decrypt-pkcs1": { operate: privateDecrypt, padding: constants.RSA_PKCS1_PADDING },
  "sign-pkcs1": { operate: privateEncrypt, padding: constants.RSA_PKCS1_PADDING },
  "sign-raw": { operate: privateEncrypt, padding: constants.RSA_NO_PADDING },
} as const satisfies Record<
  RsaMode,
  { operate: typeof privateDecrypt; padding: number; oaepHash?: string }
>;

type Operation = (input: Buffer) => Buffer;
const operations = new Map<string, Readonly<Record<RsaMode, Operation>>>();

/**
 * Jobs answered by one message: waking the other thread costs a tenth of an RSA-2048 decryption.
 */
const ANSWERS_PER_MESSAGE = 4;

parentPort?.on("message", (batch: RsaBatch) => {
  const queue = [...accept(batch)];
  while (queue.length > 0) {
    if (queue.length < ANSWERS_PER_MESSAGE) queue.push(...acceptWaiting());
    const outputs = queue
      .splice(0, ANSWERS_PER_MESSAGE)
      .map(([keyId, mode, input]) => run(operations.get(keyId)?.[mode], input));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
    parentPort?.postMessage(outputs);
  }
});

function accept({ newKeys, jobs }: RsaBatch): RsaBatch["jobs"] {
  for (const [keyId, pem] of newKeys) operations.set(keyId, operationsOf(pem));
  return jobs;
}

/** Jobs that have arrived since: taken along without another wake-up. */
function acceptWaiting(): RsaBatch["jobs"] {
  const waiting: { readonly message: RsaBatch } | undefined =
    parentPort === null ? undefined : receiveMessageOnPort(parentPort);
  return waiting === undefined ? [] : accept(waiting.message);
}

function operationsOf(pem: string): Readonly<Record<RsaMode, Operation>> {
  const key = createPrivateKey(pem);
  const bind = (mode: RsaMode): Operation => {
    const { operate, ...options } = MODES[mode];
    const withKey = { key, ...options };
    return (input) => operate(withKey, input);
  };
  return {
    "decrypt-oaep-sha256": bind("decrypt-oaep-sha256"),
    "decrypt-oaep-sha1": bind("decrypt-oaep-sha1"),
    "decrypt-pkcs1": bind("decrypt-pkcs1"),
    "sign-pkcs1": bind("sign-pkcs1"),
    "sign-raw": bind("sign-raw"),
  };
}

function run(operation: Operation | undefined, input: string): string | undefined {
  try {
    return operation?.(Buffer.from(input, "base64url")).toString("base64url");
  } catch {
    return undefined;
  }
}
