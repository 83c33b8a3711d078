import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import type { KeyMaterial } from "../core/model.ts";

/** The private operations of RSA; inputs and outputs are base64url. */
export type RsaMode =
  | "decrypt-oaep-sha256"
  | "decrypt-oaep-sha1"
  | "decrypt-pkcs1"
  | "sign-pkcs1"
  | "sign-raw";
export type RsaBatch = {
  readonly newKeys: readonly (readonly [keyId: string, pem: string])[];
  readonly jobs: readonly (readonly [keyId: string, mode: RsaMode, input: string])[];
};

/**
 * RSA off the event loop, on all cores. WebCrypto does the same with one promise and one thread
 * hand-over per operation, which costs a sixth of an RSA-2048 decryption; here all jobs of one turn
 * of the event loop travel as one message.
 */
export type RsaPool = {
  /**
   * @returns undefined when the operation failed: wrong padding and a long input are not
   * distinguished.
   */
  run(material: KeyMaterial, mode: RsaMode, input: string): Promise<string | undefined>;
  close(): Promise<void>;
};

type RsaTask = {
  readonly material: KeyMaterial;
  readonly mode: RsaMode;
  readonly input: string;
  readonly settle: (output: string | undefined) => void;
  readonly fail: (error: Error) => void;
};
type Thread = {
  readonly worker: Worker;
  readonly knownKeys: Set<string>;
  /** In the order in which they were sent, which is that of the answers. */
  readonly jobs: RsaTask[];
};

const THREADS_MAXIMUM = 8;

export function createRsaPool(): RsaPool {
  let threads: Thread[] = [];
  let waiting: RsaTask[] = [];

  const startThread = (): Thread => {
    const worker = new Worker(new URL("./rsa-worker.ts", import.meta.url));
    worker.unref();
    const thread: Thread = { worker, knownKeys: new Set(), jobs: [] };
    worker.on("message", (outputs: readonly (string | undefined)[]) => {
      for (const [index, job] of thread.jobs.splice(0, outputs.length).entries())
        job.settle(outputs[index]);
    });
    worker.on("error", (cause) => {
      threads = threads.filter((other) => other !== thread);
      for (const job of thread.jobs)
        job.fail(new Error("a thread of the RSA pool ended", { cause }));
    });
    return thread;
  };
  /** A busy thread is not woken again: messages that arrive meanwhile cost no system call. */
  const flush = (): void => {
    const jobs = waiting;
    waiting = [];
    if (threads.length === 0) for (const job of jobs) job.fail(new Error("the RSA pool is closed"));
    const share = Math.ceil(jobs.length / threads.length);
    for (const thread of threads.toSorted((a, b) => a.jobs.length - b.jobs.length)) {
      const batch = jobs.splice(0, share);
      if (batch.length === 0) return;
      thread.jobs.push(...batch);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
      thread.worker.postMessage(toBatch(batch, thread.knownKeys));
    }
  };

  return {
    run(material, mode, input) {
      if (threads.length === 0)
        threads = Array.from(
          { length: Math.min(availableParallelism(), THREADS_MAXIMUM) },
          startThread,
        );
      return new Promise((settle, fail) => {
        waiting.push({ material, mode, input, settle, fail });
        if (waiting.length === 1) setImmediate(flush);
      });
    },
    async close() {
      const ending = threads;
      threads = [];
      await Promise.all(ending.map(({ worker }) => worker.terminate()));
    },
  };
}

function toBatch(jobs: readonly RsaTask[], knownKeys: Set<string>): RsaBatch {
  const newKeys: [string, string][] = [];
  for (const { material } of jobs) {
    const keyId = keyIdOf(material);
    if (knownKeys.has(keyId)) continue;
    knownKeys.add(keyId);
    newKeys.push([keyId, material.privateKeyPem]);
  }
  return {
    newKeys,
    jobs: jobs.map(({ material, mode, input }) => [keyIdOf(material), mode, input]),
  };
}

/** Version ids are random; a restored copy in another vault is the same key. */
function keyIdOf({ version }: KeyMaterial): string {
  return version;
}
