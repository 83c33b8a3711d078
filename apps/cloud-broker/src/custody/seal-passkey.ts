import { randomFillSync, randomUUID } from "node:crypto";

import { type Envelope, openEnvelope, sealEnvelope, secretBytes, zero } from "@databox-cmk/crypto";

import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import { type WrappingKeys, wrapForOrder } from "./wrap-for-order.ts";

/** Used in place of a serial number, in the envelope of a passkey that has no node yet. */
export const NO_NODE_YET = "own-passkey";

/**
 * Seals a passkey in a new envelope for the key in force and every backup; proves that its content
 * key unwraps again.
 */
export async function sealPasskey(
  deps: Parameters<typeof wrapForOrder>[0],
  keys: WrappingKeys,
  serial: string,
  passkey: Uint8Array,
): Promise<Outcome<Envelope>> {
  const cek = randomFillSync(secretBytes(32));
  try {
    const recipients = await wrapForOrder(deps, keys, cek);
    if (!recipients.ok) return recipients;
    const envelope = await sealEnvelope({
      unlockKey: passkey,
      cek,
      context: { env: randomUUID(), ord: keys.usable.order, dev: serial },
      recipients: [...recipients.value],
    });
    return { ok: true, value: envelope };
  } finally {
    zero(cek);
  }
}

/**
 * Opens a passkey envelope that must be this order's and this node's. The caller zeroes the
 * passkey.
 */
export function openPasskey(
  envelope: Envelope,
  contentKey: Uint8Array,
  order: OrderId,
  serial: string,
): Promise<Uint8Array> {
  const { env } = envelope.context;
  return openEnvelope(envelope, contentKey, { env, ord: order, dev: serial });
}
