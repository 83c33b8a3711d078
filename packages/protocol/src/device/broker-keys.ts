import * as z from "zod/mini";

import { base64url, compactJws, messageHash, orderId, publicKey, serial } from "./fields.ts";

const BUNDLE_MAX = 4;

/** Asks which keys the broker signs with from now on; says which ones the device has pinned (RFC 7638 thumbprints). */
export const brokerKeysRequest = z.strictObject({
  order: orderId,
  serial,
  /** 32 random bytes, so that no request is ever the same as another. */
  random: base64url(43),
  pinned: z.array(messageHash).check(z.minLength(1), z.maxLength(BUNDLE_MAX)),
});
export type BrokerKeysRequest = z.infer<typeof brokerKeysRequest>;

/** Signed by a key that the device has pinned, as everything that it believes. */
export const brokerKeysAnswer = z.strictObject({
  requestHash: messageHash,
  order: orderId,
  serial,
  /** The one that signs first, and its successor. */
  brokerKeys: z.array(publicKey).check(z.minLength(1), z.maxLength(BUNDLE_MAX)),
  /** The node's envelope, signed anew: who drops a former key must still be able to read it. */
  envelope: compactJws(16_384),
});
export type BrokerKeysAnswer = z.infer<typeof brokerKeysAnswer>;
