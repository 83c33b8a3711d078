import * as z from "zod/mini";

import { bootId, counter, deviceMessage, messageHash, orderId, serial, uuid } from "./fields.ts";

/** A sentence or a name of a node about its medium: printable ASCII, so that it forges no lines. */
const told = (maxCharacters: number) =>
  z.string().check(z.minLength(1), z.maxLength(maxCharacters), z.regex(/^[ -~]*$/));

/** Asks whether this node may be erased now. Nothing has been destroyed yet. */
export const erasureRequest = deviceMessage({ order: orderId, serial, bootId, counter });
export type ErasureRequest = z.infer<typeof erasureRequest>;

/** The node may be erased. Its copy is complete or given up, and no stage follows. */
export const erasurePermit = deviceMessage({ requestHash: messageHash, order: orderId, serial });
export type ErasurePermit = z.infer<typeof erasurePermit>;

/** The erased medium: the facts of NIST SP 800-88 Rev. 1, appendix G, that a program can read. */
export const sanitisedMedium = z.strictObject({
  /** Path of the block device or the file, as the node was prepared with it. */
  path: told(4096),
  kind: z.enum(["block device", "file"]),
  volume: z.enum(["luks2", "file"]),
  /** UUID from the volume's creation. */
  id: uuid,
  bytes: z.int().check(z.gte(1), z.lte(Number.MAX_SAFE_INTEGER)),
  /** The drive reports it. */
  model: z.optional(told(128)),
  serialNumber: z.optional(told(128)),
});
export type SanitisedMedium = z.infer<typeof sanitisedMedium>;

/**
 * A node's certificate of sanitisation: its last message, signed before its device key is
 * destroyed. Safe to repeat.
 */
export const sanitisation = deviceMessage({
  order: orderId,
  serial,
  bootId,
  counter,
  journalHead: messageHash,
  medium: sanitisedMedium,
  method: told(1000),
  verification: told(1000),
  startedAt: z.iso.datetime(),
  verifiedAt: z.iso.datetime(),
});
export type Sanitisation = z.infer<typeof sanitisation>;

/** The broker's countersignature: `requestHash` is that of the certificate. */
export const sanitised = deviceMessage({
  requestHash: messageHash,
  order: orderId,
  serial,
  countersignedAt: z.iso.datetime(),
});
export type Sanitised = z.infer<typeof sanitised>;
