import * as z from "zod/mini";

import {
  base64url,
  bootId,
  compactJws,
  counter,
  deviceMessage,
  messageHash,
  orderId,
  serial,
  suiteName,
  uuid,
} from "./fields.ts";
import { grant } from "./unlock.ts";

/**
 * Requests a new unlock key. A node with a live lease may do so, since the lease represents the
 * decision that granted it.
 */
export const rekeyRequest = deviceMessage({
  lease: uuid,
  sequence: z.int().check(z.gte(0), z.lte(Number.MAX_SAFE_INTEGER)),
  order: orderId,
  serial,
  /** Generation of the current envelope. */
  env: uuid,
  bootId,
  counter,
  hpke: z.strictObject({ suite: suiteName, publicKey: base64url(1622) }),
});
export type RekeyRequest = z.infer<typeof rekeyRequest>;

/**
 * A proposal. Repeated requests get the same one until it is confirmed or the order gets another
 * key.
 */
export const rekeyProposal = deviceMessage({
  requestHash: messageHash,
  order: orderId,
  serial,
  rekey: uuid,
  /** The future envelope: a new identity, one generation up. */
  envelope: compactJws(16_384),
  /** Content key of the current envelope, then that of the proposed one: 64 bytes (RFC 9180). */
  sealed: grant.shape.sealed,
});
export type RekeyProposal = z.infer<typeof rekeyProposal>;

/** Reports that the volume accepts the proposed key. Safe to repeat. */
export const rekeyConfirmation = deviceMessage({
  rekey: uuid,
  order: orderId,
  serial,
  bootId,
  counter,
  journalHead: messageHash,
});
export type RekeyConfirmation = z.infer<typeof rekeyConfirmation>;

/**
 * The current envelope after the confirmation: its identity shows whether the proposal was put in
 * force.
 */
export const rekeyed = deviceMessage({
  requestHash: messageHash,
  order: orderId,
  serial,
  envelope: compactJws(16_384),
});
export type Rekeyed = z.infer<typeof rekeyed>;
