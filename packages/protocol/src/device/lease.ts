import * as z from "zod/mini";

import { bootId, counter, deviceMessage, messageHash, orderId, serial, uuid } from "./fields.ts";
import { denial, lease } from "./unlock.ts";

const sequence = z.int().check(z.gte(0), z.lte(Number.MAX_SAFE_INTEGER));
/** The lease and the state of its node: the common members of every lease message. */
const holder = {
  lease: uuid,
  order: orderId,
  serial,
  bootId,
  counter,
} as const;

/** A third of a lease: two attempts to renew may fail before it ends. */
export const renewalIntervalMs = ({ ttlSeconds }: { readonly ttlSeconds: number }): number =>
  (ttlSeconds * 1000) / 3;

/** `sequence` of the lease that the node holds; the answer carries the next one. */
export const leaseRenewal = deviceMessage({
  ...holder,
  sequence,
  state: z.enum(["unlocked"]),
  journalHead: messageHash,
});
export type LeaseRenewal = z.infer<typeof leaseRenewal>;

export const renewedLease = deviceMessage({
  requestHash: messageHash,
  order: orderId,
  serial,
  lease,
  /** A revocation drill, which the node answers by a receipt; the volume stays open. */
  drill: z.optional(uuid),
});
export type RenewedLease = z.infer<typeof renewedLease>;

/**
 * The order to close the volume, with its reason. Bound to a lease and to the message of the node
 * that it answers.
 */
export const relockOrder = deviceMessage({ ...denial.shape, lease: uuid, sequence });
export type RelockOrder = z.infer<typeof relockOrder>;

/**
 * Waits for news of a lease: the answer is the order to close, or the lease, with a drill or after
 * the hold time. Extension `renew: true` asks to renew the lease with the answer, which then has
 * extension `heldMs`; a broker that does not know it answers with the lease as it is.
 */
export const leaseWatch = deviceMessage({ ...holder, sequence, watch: z.literal(true) });
export type LeaseWatch = z.infer<typeof leaseWatch>;

/** Milliseconds between the message of a node and the answer that renewed its lease. */
export const heldMs = z.int().check(z.gte(0), z.lte(3_600_000));

export const LEASE_RECEIPT_CAUSES = ["order", "outage", "boot", "rollback"] as const;

/**
 * `relocked`: the volume is closed; `drilled`: the drill's message arrived, and the volume stays
 * open.
 */
export const leaseReceipt = deviceMessage({
  ...holder,
  outcome: z.enum(["relocked", "drilled"]),
  /**
   * The reason of a closed volume: the broker's order, the end of the outage grace, or a void
   * lease.
   */
  cause: z.optional(z.enum(LEASE_RECEIPT_CAUSES)),
  drill: z.optional(uuid),
  journalHead: messageHash,
});
export type LeaseReceipt = z.infer<typeof leaseReceipt>;
