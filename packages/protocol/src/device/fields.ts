import * as z from "zod/mini";

import { identifier } from "../identifiers.ts";

/**
 * Largest device message that the broker reads, in bytes (design: 16 KiB; checked before anything
 * is parsed).
 */
export const DEVICE_MESSAGE_MAX_BYTES = 16 * 1024;
/** Largest answer that an agent reads, in bytes. */
export const BROKER_ANSWER_MAX_BYTES = 64 * 1024;

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const ORDER =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourcegroups\/[-\w.()]{1,90}\/providers\/microsoft\.databox\/jobs\/[-\w.]{3,24}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const REQUEST_HASH_CHARACTERS = 43;

export const base64url = (maxCharacters: number) =>
  z.string().check(z.minLength(1), z.maxLength(maxCharacters), z.regex(BASE64URL));
/** Node serial number: 3 to 64 letters, digits and hyphens. */
export const serial = identifier("serial");
/**
 * Order resource id in lower case: the one spelling that is signed and bound into envelopes (ARM
 * ids ignore case).
 */
export const orderId = z.string().check(z.maxLength(260), z.regex(ORDER));
export const uuid = z.string().check(z.regex(UUID));
/** SHA-256 of a compact JWS, base64url: 43 characters. */
export const messageHash = z.string().check(z.length(REQUEST_HASH_CHARACTERS), z.regex(BASE64URL));
export const counter = z.int().check(z.gte(1), z.lte(Number.MAX_SAFE_INTEGER));
export const generation = z.int().check(z.gte(1), z.lte(1_000_000));
export const seconds = z.int().check(z.gte(0), z.lte(366 * 86_400));
export const bootId = z.string().check(z.minLength(8), z.maxLength(64), z.regex(/^[A-Za-z0-9-]+$/));
/**
 * A device's text about itself; untrusted, printable ASCII only, so that it cannot forge log lines.
 */
export const deviceText = z.string().check(z.maxLength(64), z.regex(/^[ -~]*$/));
/**
 * Free text of a person at a device: no control, format or private characters, so that it cannot
 * forge or reverse a line.
 */
export const reasonText = z
  .string()
  .check(z.minLength(1), z.maxLength(200), z.regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u));
/** Full key URL with its version. */
export const keyId = z
  .string()
  .check(z.maxLength(512), z.regex(/^https:\/\/[^/\s]+\/keys\/[0-9a-zA-Z-]+\/[0-9a-zA-Z]+$/));
export const compactJws = (maxCharacters: number) =>
  z.string().check(z.maxLength(maxCharacters), z.regex(/^[\w-]+\.[\w-]+\.[\w-]+$/));
/**
 * Public P-256 key (RFC 7517, RFC 7518 §6.2.1); its importer checks that the point is on the curve.
 */
export const publicKey = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: base64url(43),
  y: base64url(43),
});
/** The holder of the device key, and whether it signs only after the boot that it was bound to. */
export const DEVICE_KEY_GRADES = ["file", "tpm", "tpm-measured-boot"] as const;
export const deviceKeyGrade = z.enum(DEVICE_KEY_GRADES);
export type DeviceKeyGrade = z.infer<typeof deviceKeyGrade>;
export const suiteName = z.enum(["X-Wing", "X25519"]);
/** What a person opens a volume for; `ingest` and `fill` are the datacenter's. */
export const ASKED_PURPOSES = ["unlock", "ingest", "fill"] as const;
export type AskedPurpose = (typeof ASKED_PURPOSES)[number];
export const unlockPurpose = z.enum(["prepare", ...ASKED_PURPOSES]);

export const failureText = (maxCharacters: number) => z.string().check(z.maxLength(maxCharacters));
/** The words of a failure for a person, the same everywhere (packages/errors). */
export const failureWords = {
  code: failureText(100),
  reason: z.optional(failureText(100)),
  class: z.enum(["refused", "unreachable", "invalid", "pending", "internal"]),
  who: z.enum([
    "security-administrator",
    "order-owner",
    "site-operator",
    "broker-operator",
    "nobody",
  ]),
  title: failureText(200),
  message: failureText(1000),
  /** One sentence for the person at the appliance. */
  ask: failureText(1000),
} as const;
export const failureSteps = z
  .array(z.strictObject({ text: failureText(1000), command: z.optional(failureText(1000)) }))
  .check(z.maxLength(20));

/**
 * A message that can grow (docs/reference/device-api.md, "How a message grows"). Its own members
 * are strict: an unknown one is refused. `extensions` has what a newer version adds by name; it is
 * signed with the rest, and a reader ignores the names that it does not know.
 */
export const deviceMessage = <const Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.strictObject({ ...shape, extensions: z.optional(z.record(z.string(), z.unknown())) });
