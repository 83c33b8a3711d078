import * as z from "zod/mini";

import { deviceMessage } from "./device-message.ts";
import { bootId, counter, messageHash, orderId, serial } from "./fields.ts";

/** The device's report about a grant. */
export const receipt = deviceMessage({
  grantHash: messageHash,
  order: orderId,
  serial,
  outcome: z.enum(["prepared", "unlocked", "failed"]),
  /** Present when the outcome is `failed`. */
  code: z.optional(z.string().check(z.maxLength(100), z.regex(/^[A-Za-z]+$/))),
  bootId,
  counter,
  journalHead: messageHash,
});
export type Receipt = z.infer<typeof receipt>;

/** Extension `auditHead` of an acknowledgement: the end of the order's audit chain. */
export const auditHead = z.strictObject({
  sequence: z.int().check(z.gte(1), z.lte(Number.MAX_SAFE_INTEGER)),
  hash: messageHash,
});

export const acknowledgement = deviceMessage({ requestHash: messageHash });
export type Acknowledgement = z.infer<typeof acknowledgement>;
