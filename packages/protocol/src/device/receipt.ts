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

export const acknowledgement = deviceMessage({ requestHash: messageHash });
export type Acknowledgement = z.infer<typeof acknowledgement>;
