import type { JsonWebKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import type { CryptoErrorCode, EnvelopeContext, EnvelopeJson, SuiteName } from "../../src/index.ts";

/**
 * Shapes of the files in vectors/. Bytes are base64url; `note` tells other implementers what a case
 * is about.
 */
export type Vectors = {
  "commitments.json": {
    note: string;
    vectors: { env: string; cek: string; commitment: string }[];
  };
  "split-keys.json": {
    note: string;
    vectors: {
      context: EnvelopeContext;
      deviceShare: string;
      brokerShare: string;
      unlockKey: string;
    }[];
  };
  "envelopes-good.json": {
    note: string;
    /** Throw-away key-encryption keys: RSA private JWKs by kid. */
    keys: Record<string, JsonWebKey>;
    vectors: {
      name: string;
      cek: string;
      unlockKey: string;
      context: EnvelopeContext;
      envelope: EnvelopeJson;
    }[];
  };
  "envelopes-bad.json": {
    note: string;
    vectors: {
      name: string;
      kind: Exclude<CryptoErrorCode, "verification-failed">;
      cek: string;
      context: EnvelopeContext;
      /** A text where the case is about spelling, else the object. */
      envelope: unknown;
    }[];
  };
  "messages.json": {
    note: string;
    publicJwk: unknown;
    kid: string;
    vectors: {
      name: string;
      kind: "good" | "malformed" | "verification-failed";
      typ: string;
      jws: string;
      /** Of good ones only. */
      payload?: unknown;
      hash?: string;
    }[];
  };
  "nonces.json": {
    note: string;
    key: string;
    vectors: {
      name: string;
      verdict: "valid" | "expired" | "invalid";
      nonce: string;
      serial: string;
      nowMs: number;
      /** What a good one was made of. */
      random?: string;
      expiresAtMs?: number;
    }[];
  };
  "passkeys.json": {
    note: string;
    vectors: { name: string; passkey: string; faults: string[] }[];
  };
  "hpke.json": {
    note: string;
    vectors: {
      name: string;
      kind: "good" | "decryption-failed";
      suite: SuiteName;
      privateKey: string;
      publicKey: string;
      requestHash: string;
      enc: string;
      ciphertext: string;
      plaintext: string;
    }[];
  };
  "hash-chains.json": {
    note: string;
    vectors: { previous: string; row: unknown; canonical: string; hash: string }[];
  };
};

const folder = new URL("../../../../vectors/", import.meta.url);

export function readVectors<Name extends keyof Vectors>(name: Name): Vectors[Name] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own committed file
  return JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Vectors[Name];
}

export function writeVectors(name: string, vectors: Vectors[keyof Vectors]): void {
  writeFileSync(new URL(name, folder), `${JSON.stringify(vectors, undefined, 2)}\n`);
}
