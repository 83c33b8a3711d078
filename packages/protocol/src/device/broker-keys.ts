import * as z from "zod/mini";

import {
  base64url,
  compactJws,
  deviceMessage,
  messageHash,
  orderId,
  publicKey,
  serial,
} from "./fields.ts";

const BUNDLE_MAX = 4;

/**
 * Requests the broker's present signing keys; names the keys that the device has pinned (RFC 7638
 * thumbprints).
 */
export const brokerKeysRequest = deviceMessage({
  order: orderId,
  serial,
  /** 32 random bytes, so that no two requests are equal. */
  random: base64url(43),
  pinned: z.array(messageHash).check(z.minLength(1), z.maxLength(BUNDLE_MAX)),
});
export type BrokerKeysRequest = z.infer<typeof brokerKeysRequest>;

/** Signed by a key that the device has pinned, like everything that it accepts. */
export const brokerKeysAnswer = deviceMessage({
  requestHash: messageHash,
  order: orderId,
  serial,
  /** The signing key first, then its successor. */
  brokerKeys: z.array(publicKey).check(z.minLength(1), z.maxLength(BUNDLE_MAX)),
  /**
   * The node's envelope, signed again, so that a device that drops a former key can still read it.
   */
  envelope: compactJws(16_384),
});
export type BrokerKeysAnswer = z.infer<typeof brokerKeysAnswer>;
