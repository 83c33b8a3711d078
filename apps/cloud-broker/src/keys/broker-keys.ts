import { randomBytes } from "node:crypto";
import { join } from "node:path";

import {
  generateSigningKey,
  importSigningKey,
  type PublicJwk,
  type SigningKey,
} from "@databox-cmk/crypto";

import { openSecretFile } from "./secret-file.ts";

const NONCE_KEY_BYTES = 32;

export type BrokerKeys = {
  /** ES256; signs every answer to a device. */
  readonly signing: SigningKey;
  /** 32 bytes; authenticates challenges. Shared by all replicas. */
  readonly nonce: Uint8Array;
  /** What a device pins at enrolment: the keys that it takes answers from, the current one first. */
  readonly bundle: readonly PublicJwk[];
};

/** Opens the broker's own keys in its data folder, and makes them at the first start. */
export async function openBrokerKeys(dataDir: string): Promise<BrokerKeys> {
  const pem = await openSecretFile(join(dataDir, "broker-signing-key.pem"), () =>
    Buffer.from(generateSigningKey().privatePem, "ascii"),
  );
  const nonce = await openSecretFile(join(dataDir, "nonce-key.bin"), () =>
    randomBytes(NONCE_KEY_BYTES),
  );
  const signing = importSigningKey(Buffer.from(pem).toString("ascii"));
  return { signing, nonce, bundle: [signing.publicJwk] };
}
