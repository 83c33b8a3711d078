import type { KeyObject } from "node:crypto";

import type { Curve } from "../core/model.ts";

/**
 * The part of @noble/curves that is used: ECDSA over a digest, which node:crypto does not offer (it
 * always hashes).
 */
type Ecdsa = {
  sign(
    digest: Uint8Array,
    secretKey: Uint8Array,
    options: { prehash: false; lowS: false },
  ): Uint8Array;
  verify(
    signature: Uint8Array,
    digest: Uint8Array,
    publicKey: Uint8Array,
    options: { prehash: false; lowS: false },
  ): boolean;
};
const OVER_DIGEST = { prehash: false, lowS: false } as const;
const SCALAR_BYTES: Readonly<Record<Curve, number>> = {
  "P-256": 32,
  "P-256K": 32,
  "P-384": 48,
  "P-521": 66,
};

/** @returns r ‖ s, each as long as the curve's order. */
export async function signEc(privateKey: KeyObject, curve: Curve, digest: Buffer): Promise<Buffer> {
  const { d = "" } = privateKey.export({ format: "jwk" });
  const secret = Buffer.from(d, "base64url");
  try {
    return Buffer.from((await loadCurve(curve)).sign(digest, secret, OVER_DIGEST));
  } finally {
    secret.fill(0);
  }
}

export async function verifyEc(
  publicKey: KeyObject,
  curve: Curve,
  digest: Buffer,
  signature: Buffer,
): Promise<boolean> {
  if (signature.length !== 2 * SCALAR_BYTES[curve]) return false;
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([
    Buffer.of(4),
    Buffer.from(x, "base64url"),
    Buffer.from(y, "base64url"),
  ]);
  try {
    return (await loadCurve(curve)).verify(signature, digest, point, OVER_DIGEST);
  } catch {
    return false;
  }
}

/** Loaded on first use: the curves' tables would cost a tenth of the emulator's start. */
async function loadCurve(curve: Curve): Promise<Ecdsa> {
  if (curve === "P-256K") return (await import("@noble/curves/secp256k1.js")).secp256k1;
  const { p256, p384, p521 } = await import("@noble/curves/nist.js");
  return { "P-256": p256, "P-384": p384, "P-521": p521 }[curve];
}
