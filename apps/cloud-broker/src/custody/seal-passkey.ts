import { randomFillSync, randomInt, randomUUID } from "node:crypto";

import {
  type Envelope,
  openEnvelope,
  sealEnvelope,
  secretBytes,
  SHARE_BYTES,
  zero,
} from "@databox-cmk/crypto";
import { generatePasskey } from "@databox-cmk/protocol";

import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import type { VaultAccess } from "./key-reader.ts";
import type { KnownKeys } from "./usable-key.ts";
import { type WrappingKeys, wrapForOrder } from "./wrap-for-order.ts";

/** Used in place of a serial number, in the envelope of a passkey that has no node yet. */
export const NO_NODE_YET = "own-passkey";

/**
 * The content of a node's envelopes: a passkey that opens its volume (escrow custody), or the
 * broker's share of its key (split custody).
 */
export type Sealable = { readonly plaintext: Uint8Array; readonly cus: "split" | undefined };

/** @returns random; the caller zeroes it */
export const newShare = (): Sealable => ({
  plaintext: randomFillSync(secretBytes(SHARE_BYTES)),
  cus: "split",
});

/** @returns random; the caller zeroes it */
export const newPasskey = (): Sealable => ({
  plaintext: new TextEncoder().encode(generatePasskey(randomInt)),
  cus: undefined,
});

/**
 * Seals a passkey or a share in a new envelope for the current key and every backup; proves that
 * its content key unwraps again.
 */
export async function sealForNode(
  deps: VaultAccess & KnownKeys,
  keys: WrappingKeys,
  serial: string,
  { plaintext, cus }: Sealable,
): Promise<Outcome<Envelope>> {
  const cek = randomFillSync(secretBytes(32));
  try {
    const recipients = await wrapForOrder(deps, keys, cek);
    if (!recipients.ok) return recipients;
    const envelope = await sealEnvelope({
      unlockKey: plaintext,
      cek,
      context: { env: randomUUID(), ord: keys.usable.order, dev: serial, cus },
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
  return openEnvelope(envelope, contentKey, { env: envelope.context.env, ord: order, dev: serial });
}
