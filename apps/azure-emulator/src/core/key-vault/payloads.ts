import * as z from "zod";

import { REFUSALS, type Refusal } from "./refusal.ts";

/**
 * Bodies of the data plane. Unknown members are ignored, as the service does: newer clients send
 * more.
 */
export type Parsed<T> =
  | { readonly kind: "valid"; readonly value: T }
  | { readonly kind: "invalid"; readonly refusal: Refusal };

const KEY_OPERATIONS = [
  "encrypt",
  "decrypt",
  "sign",
  "verify",
  "wrapKey",
  "unwrapKey",
  "import",
  "export",
  // In the enum of 2026-05-01-preview only, but SDKs of 2026-04-01 send them.
  "secureWrapKey",
  "secureUnwrapKey",
] as const;
/** Secure wrap and unwrap take these (JsonWebKeyWrapAlgorithm), not RSA-OAEP or RSA1_5. */
const SECURE_WRAP_ALGORITHMS = [
  "RSA-OAEP-256",
  "A128KW",
  "A192KW",
  "A256KW",
  "A128KWPAD",
  "A192KWPAD",
  "A256KWPAD",
  "CKM_AES_KEY_WRAP",
  "CKM_AES_KEY_WRAP_PAD",
] as const;
const EXTERNAL_ID = /^[a-zA-Z0-9-]{1,64}$/u;
const NAME = /^[0-9a-zA-Z-]{1,127}$/u;
/** Unpadded; one character alone in the last group of four encodes no byte. */
const BASE64URL = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?$/u;
const VALUE_CHARACTERS_MAXIMUM = 16_384;
const TAGS_MAXIMUM = 15;

const base64url = z.string().max(VALUE_CHARACTERS_MAXIMUM).regex(BASE64URL, "is not base64url");
/**
 * Seconds; SDKs that write them with a fraction mean the second that has begun (Go:
 * autorest/date.UnixTime).
 */
const intDate = z
  .number()
  .min(0)
  .max(253_402_300_799)
  .transform((seconds) => Math.trunc(seconds));
const tags = z
  .record(z.string().max(256), z.string().max(256))
  .refine(
    (entries) => Object.keys(entries).length <= TAGS_MAXIMUM,
    `has more than ${TAGS_MAXIMUM} tags`,
  );
const keyOperations = z.array(z.enum(KEY_OPERATIONS)).max(KEY_OPERATIONS.length);
const attributes = z.object({
  enabled: z.boolean().nullish(),
  nbf: intDate.nullish(),
  exp: intDate.nullish(),
  exportable: z.boolean().nullish(),
  external_key: z
    .object({
      id: z.string().regex(EXTERNAL_ID, "has other characters than letters, digits and hyphens"),
    })
    .nullish(),
});
const releasePolicy = z.object({
  contentType: z.string().max(256).nullish(),
  immutable: z.boolean().nullish(),
  data: z.string().max(100_000),
});
const common = {
  key_ops: keyOperations.nullish(),
  attributes: attributes.nullish(),
  tags: tags.nullish(),
  release_policy: releasePolicy.nullish(),
};

const RSA_SIZES = [2048, 3072, 4096];
const KEY_SIZES: Readonly<Record<string, readonly number[]>> = {
  RSA: RSA_SIZES,
  "RSA-HSM": RSA_SIZES,
  "oct-HSM": [128, 192, 256],
};
const createMembers = z.object({
  kty: z.enum(["RSA", "RSA-HSM", "EC", "EC-HSM", "oct-HSM", "AKP", "AKP-HSM"]),
  key_size: z.int().nullish(),
  public_exponent: z
    .int()
    .min(3)
    .max(2_147_483_647)
    .refine((value) => value % 2 === 1, "is even")
    .nullish(),
  crv: z.enum(["P-256", "P-256K", "P-384", "P-521"]).nullish(),
  alg: z.enum(["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]).nullish(),
  ...common,
});
export const createPayload = createMembers.check(({ value, issues }) => {
  const { kty, key_size: size, alg } = value;
  const sizes = KEY_SIZES[kty];
  if (typeof size === "number" && sizes?.includes(size) === false)
    issues.push({
      code: "custom",
      input: size,
      path: ["key_size"],
      message: `a key of type ${kty} has ${sizes.join(", ")} bits`,
    });
  if (kty.startsWith("AKP") && !alg)
    issues.push({ code: "custom", input: alg, path: ["alg"], message: "is missing" });
});
export const importPayload = z.object({
  Hsm: z.boolean().nullish(),
  key: z.object({
    kty: z.enum(["RSA", "RSA-HSM", "EC", "EC-HSM", "oct-HSM"]),
    key_ops: keyOperations.nullish(),
    crv: z.enum(["P-256", "P-256K", "P-384", "P-521"]).nullish(),
    n: base64url.nullish(),
    e: base64url.nullish(),
    d: base64url.nullish(),
    p: base64url.nullish(),
    q: base64url.nullish(),
    dp: base64url.nullish(),
    dq: base64url.nullish(),
    qi: base64url.nullish(),
    x: base64url.nullish(),
    y: base64url.nullish(),
    k: base64url.nullish(),
  }),
  attributes: common.attributes,
  tags: common.tags,
  release_policy: common.release_policy,
});
export const updatePayload = z.object(common);
export const restorePayload = z.object({
  value: z.string().max(1_000_000).regex(BASE64URL, "is not base64url"),
});
const algorithm = z.string().max(64);
/** `iv`, `aad` and `tag` are of symmetric algorithms only. */
export const cipherPayload = z.object({
  alg: algorithm,
  value: base64url.min(1),
  iv: base64url.nullish(),
  aad: base64url.nullish(),
  tag: base64url.nullish(),
});
/** The last two are of ML-DSA only, which may omit `alg`, and with `external_mu` the message. */
const ofMlDsa = { external_mu: base64url.nullish(), context: base64url.nullish() };
export const signPayload = z.object({
  alg: algorithm.nullish(),
  value: base64url.nullish(),
  ...ofMlDsa,
});
export const secureWrapPayload = z.object({ alg: z.enum(SECURE_WRAP_ALGORITHMS) });
export const secureUnwrapPayload = secureWrapPayload.extend({
  value: base64url.min(1),
  target: z.string().min(1),
});
export const verifyPayload = z.object({
  alg: algorithm.nullish(),
  digest: base64url.nullish(),
  value: base64url.min(1),
  ...ofMlDsa,
});
export const randomPayload = z.object({ count: z.int().min(1).max(128) });
export const rotationPolicyPayload = z.object({
  lifetimeActions: z
    .array(
      z.object({
        trigger: z
          .object({
            timeAfterCreate: z.string().max(32).nullish(),
            timeBeforeExpiry: z.string().max(32).nullish(),
          })
          .nullish(),
        action: z.object({ type: z.string().max(16) }).nullish(),
      }),
    )
    .max(2)
    .nullish(),
  attributes: z.object({ expiryTime: z.string().max(32).nullish() }).nullish(),
});

export type CreatePayload = z.infer<typeof createPayload>;
export type ImportPayload = z.infer<typeof importPayload>;
export type UpdatePayload = z.infer<typeof updatePayload>;
export type CipherPayload = z.infer<typeof cipherPayload>;
export type RotationPolicyPayload = z.infer<typeof rotationPolicyPayload>;

export function isKeyName(name: string): boolean {
  return NAME.test(name);
}

/** Checks a body against its schema; the fault is worded like the service's. */
export function parsePayload<T>(schema: z.ZodType<T>, body: unknown): Parsed<T> {
  const result = schema.safeParse(body, { reportInput: true });
  if (result.success) return { kind: "valid", value: result.data };
  return {
    kind: "invalid",
    refusal: REFUSALS.badParameter(result.error.issues.map(wordIssue).join("")),
  };
}

function wordIssue(issue: z.core.$ZodIssue): string {
  const property = issue.path.join(".");
  // The service names neither the member nor the fault (recordings of azure-sdk-for-python).
  if (property === "kty" && issue.input === undefined)
    return "Property  has invalid value\r\n".repeat(2);
  if (property === "") return "The request body is not a JSON object.\r\n";
  if (issue.message === "is not base64url")
    return `Content of '${property}' is not base64url.\r\nProperty '${property}' is required.\r\n`;
  const isMissing =
    issue.input === undefined ||
    issue.input === null ||
    (issue.code === "too_small" && issue.origin === "string");
  return isMissing
    ? `Property '${property}' is required.\r\n`
    : `Property '${property}' has an invalid value: ${issue.message}.\r\n`;
}
