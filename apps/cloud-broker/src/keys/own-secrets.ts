import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";

import { generateSigningKey } from "@databox-cmk/crypto";

const generate = promisify(generateKeyPair);

/** Entra accepts only RS256 from the issuers of federated credentials. */
const ISSUER_MODULUS_BITS = 2048;
const SECRET_BYTES = 32;

/** Keys with a public half that others store: a successor is announced before it signs. */
export const RINGS = {
  /** Answers to devices, envelopes, receipts, events: ES256. */
  signing: {
    file: "broker-signing-key",
    make: () => Buffer.from(generateSigningKey().privatePem, "ascii"),
  },
  /** Assertions to Entra ID: RS256. */
  issuer: {
    file: "token-issuer-key",
    make: async () => {
      const { privateKey } = await generate("rsa", { modulusLength: ISSUER_MODULUS_BITS });
      return Buffer.from(privateKey.export({ type: "pkcs8", format: "pem" }));
    },
  },
} as const;

/** Secrets that only the broker knows. */
export const SECRETS = {
  /** Authenticates challenges; replacing it invalidates the challenges of the last two minutes. */
  nonce: { file: "nonce-key.bin", make: () => randomBytes(SECRET_BYTES) },
  /** Seals the portal's session data; replacing it signs everyone out. */
  session: { file: "session-key.bin", make: () => randomBytes(SECRET_BYTES) },
} as const;

export const ROTATABLE = [...Object.keys(RINGS), ...Object.keys(SECRETS)] as const;

export const publicHalf = (pem: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(createPublicKey(createPrivateKey(pem)).export({ format: "jwk" })).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
