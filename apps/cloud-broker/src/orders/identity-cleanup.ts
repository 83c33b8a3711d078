import type { EpochMs, OrderId } from "../core/order.ts";
import type { ControlPlane } from "./control-plane.ts";

/** A change that has not committed by then never will. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * Records that a system-assigned identity must be deleted, unless the change that makes it commits.
 */
export async function noteIdentity(
  { store, now }: ControlPlane,
  order: OrderId,
  epoch: number,
): Promise<void> {
  await store
    .insertInto("identity_cleanups")
    .values({ order_id: order, epoch, created_at_ms: now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Deletes a recorded identity; when Resource Manager does not answer, the record stays for the next
 * sweep.
 */
export async function removeIdentity(
  { store, identities }: ControlPlane,
  order: OrderId,
  epoch: number,
): Promise<void> {
  const outcome = await identities.deleteSystemAssigned(order, epoch);
  if (!outcome.ok) return;
  await store
    .deleteFrom("identity_cleanups")
    .where("order_id", "=", order)
    .where("epoch", "=", epoch)
    .execute();
}

/** Deletes identities that remained after a crash or an outage. Safe to call at any time. */
export async function sweepIdentities(plane: ControlPlane): Promise<void> {
  const before: EpochMs = plane.now() - ABANDONED_AFTER_MS;
  const notes = await plane.store
    .selectFrom("identity_cleanups")
    .select(["order_id", "epoch"])
    .where("created_at_ms", "<", before)
    .execute();
  for (const note of notes) await removeIdentity(plane, note.order_id, note.epoch);
}
