import type { AkpAlgorithm, Curve, SymmetricKeySize } from "../model.ts";
import type { CreatePayload } from "./payloads.ts";

/** A key to make. */
export type KeyShapeWanted =
  | {
      readonly kty: "RSA" | "RSA-HSM";
      readonly modulusBits: number;
      readonly publicExponent: number;
    }
  | { readonly kty: "EC" | "EC-HSM"; readonly curve: Curve }
  | { readonly kty: "oct-HSM"; readonly keySize: SymmetricKeySize }
  | { readonly kty: "AKP" | "AKP-HSM"; readonly alg: AkpAlgorithm };

const SYMMETRIC_SIZES = [128, 192, 256] as const;

export function wantedShape(payload: CreatePayload): KeyShapeWanted {
  const { kty } = payload;
  switch (kty) {
    case "EC":
    case "EC-HSM":
      return { kty, curve: payload.crv ?? "P-256" };
    case "oct-HSM":
      return { kty, keySize: symmetricSize(payload.key_size) ?? 256 };
    case "AKP":
    case "AKP-HSM":
      return { kty, alg: payload.alg ?? "ML-DSA-65" };
    case "RSA":
    case "RSA-HSM":
      return {
        kty,
        modulusBits: payload.key_size ?? 2048,
        publicExponent: payload.public_exponent ?? 65_537,
      };
  }
}

export function symmetricSize(bits: number | null | undefined): SymmetricKeySize | undefined {
  return SYMMETRIC_SIZES.find((size) => size === bits);
}
