import * as z from "zod/mini";

import {
  base64url,
  bootId,
  compactJws,
  deviceKeyGrade,
  deviceMessage,
  deviceText,
  generation,
  messageHash,
  orderId,
  publicKey,
  serial,
  suiteName,
  uuid,
} from "./fields.ts";

/**
 * First message of a node: proves possession of its new key, and by the one-time code the
 * operator's consent.
 */
export const enrolmentRequest = deviceMessage({
  code: base64url(64),
  order: orderId,
  serial,
  publicKey,
  /** The weakest suite that this node will ever accept; later requests may not use a weaker one. */
  suite: suiteName,
  bootId,
  agent: deviceText,
  /** The node's own claim, without attestation. Missing: in a file. */
  deviceKeyGrade: z.optional(deviceKeyGrade),
});
export type EnrolmentRequest = z.infer<typeof enrolmentRequest>;

/**
 * The envelope that the device stores: it accepts no foreign envelope and no lower generation,
 * because the broker signed both.
 */
export const signedEnvelope = deviceMessage({
  env: uuid,
  generation,
  jwe: z.record(z.string(), z.unknown()),
});
export type SignedEnvelope = z.infer<typeof signedEnvelope>;

export const enrolment = deviceMessage({
  requestHash: messageHash,
  order: orderId,
  serial,
  brokerKeys: z.array(publicKey).check(z.minLength(1), z.maxLength(4)),
  envelope: compactJws(16_384),
  /**
   * Generated passkeys carry 128 bits and need no slow key derivation; a customer's own gets one.
   */
  passkeyOrigin: z.enum(["generated", "customer"]),
});
export type Enrolment = z.infer<typeof enrolment>;
