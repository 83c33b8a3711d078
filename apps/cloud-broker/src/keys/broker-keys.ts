import { createSecretKey, type KeyObject } from "node:crypto";
import { join } from "node:path";

import {
  importSigningKey,
  importVerifyKey,
  type PublicJwk,
  type SigningKey,
} from "@databox-cmk/crypto";

import { openKeyRing } from "./key-ring.ts";
import { RINGS, SECRETS } from "./own-secrets.ts";
import { openSecretFile } from "./secret-file.ts";

export type BrokerKeys = {
  /** ES256; signs every answer to a device. */
  readonly signing: SigningKey;
  /** 32 bytes; authenticates challenges. Shared by all replicas. */
  readonly nonce: KeyObject;
  /**
   * The keys that a device pins and accepts answers from: the signing key first, then its
   * successor.
   */
  readonly bundle: readonly PublicJwk[];
  /** Earlier signing keys, for the verification of old signatures. */
  readonly former: readonly PublicJwk[];
};

/** Opens the broker's own keys in their folder, and makes missing ones. */
export async function openBrokerKeys(folder: string): Promise<BrokerKeys> {
  const ring = await openKeyRing(folder, RINGS.signing.file, RINGS.signing.make);
  const nonce = await openSecretFile(join(folder, SECRETS.nonce.file), SECRETS.nonce.make);
  const signing = importSigningKey(ring.currentPem);
  const next = importSigningKey(ring.nextPem);
  return {
    signing,
    nonce: createSecretKey(nonce),
    bundle: [signing.publicJwk, next.publicJwk],
    former: ring.former.map(({ jwk }) => importVerifyKey(jwk).jwk),
  };
}
