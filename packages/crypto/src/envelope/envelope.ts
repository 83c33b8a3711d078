/**
 * The appliance and order that an envelope was made for; authenticated, since it is part of the
 * protected header.
 */
export type EnvelopeContext = {
  /** Identity of the envelope: a UUID in lower case. */
  readonly env: string;
  /** Order resource id, in lower case. */
  readonly ord: string;
  /** Serial number of the node. */
  readonly dev: string;
  /**
   * Missing: escrow custody, where the plaintext is the unlock key. In split custody it is one of
   * two shares; no code takes one kind for another, since this member is compared like the rest.
   */
  readonly cus?: Share | undefined;
};

/** `split`: the broker's share. `split-device`: the node's share, for the owner's recovery keys. */
export const SHARES = ["split", "split-device"] as const;
export type Share = (typeof SHARES)[number];

export type EnvelopeRecipient = {
  /**
   * Key URL with its version (an unversioned one would follow a rotation silently), or the
   * thumbprint URI (RFC 9278) of a recovery key that no vault holds.
   */
  readonly kid: string;
  /** The CEK under RSA-OAEP-256: 256, 384 or 512 bytes, the modulus size of the key. */
  readonly encryptedKey: Uint8Array;
};

/** JWE General JSON Serialization (RFC 7516 §7.2.1). */
export type EnvelopeJson = {
  readonly protected: string;
  readonly recipients: readonly {
    readonly header: { readonly alg: "RSA-OAEP-256"; readonly kid: string };
    readonly encrypted_key: string;
  }[];
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
};

/** The part that all recipients share, as it was received: re-wrapping never changes it. */
export type SealedPart = Pick<EnvelopeJson, "protected" | "iv" | "ciphertext" | "tag">;

/**
 * Parsed and checked, not yet opened. Made by `sealEnvelope`, `parseEnvelope` and
 * `replaceRecipients` only.
 */
export type Envelope = {
  readonly context: EnvelopeContext;
  readonly recipients: readonly EnvelopeRecipient[];
  readonly commitment: Uint8Array;
  readonly sealed: SealedPart;
  toJSON(): EnvelopeJson;
};

export const ENVELOPE_TYP = "databox-envelope+jwe";
export const CONTENT_ENCRYPTION = "A256GCM";
export const KEY_ENCRYPTION = "RSA-OAEP-256";
