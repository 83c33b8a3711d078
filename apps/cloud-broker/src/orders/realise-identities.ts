import { ERRORS } from "@databox-cmk/errors";
import type { ResourceIdentity } from "@databox-cmk/protocol";

import { valueOf } from "../core/failure-error.ts";
import type { AttachedIdentity, OrderId, EpochMs } from "../core/order.ts";
import { decideIdentities, type IdentityPlan } from "../core/patch-identity.ts";
import type { CallerResources } from "../core/ports.ts";
import type { BrokerTables } from "../store/schema.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import { runLocking } from "../store/transactions.ts";
import type { ControlPlane, Plane, RequestContext } from "./control-plane.ts";
import type { Order } from "./order.ts";

/** Identities that exist in the directory and wait for the order's commit. */
export type RealisedIdentities = {
  readonly identities: readonly AttachedIdentity[];
  readonly identityEpoch: number;
  /**
   * Inside the order's transaction: new identities are kept, retired ones are recorded for
   * deletion.
   */
  commit(transaction: StoreTransaction): Promise<void>;
  /** After the commit: deletes retired identities. */
  settle(): Promise<void>;
  /** Instead of the commit: deletes new identities. */
  abandon(): Promise<void>;
};

/**
 * Carries out a plan in the directory, so that a crash at any point leaves no identity with rights:
 * a new identity is recorded for deletion first, and the commit that attaches it removes the
 * record.
 */
export async function realiseIdentities(
  deps: Plane<"store" | "now" | "identities">,
  order: Pick<Order, "id" | "location" | "identityEpoch">,
  plan: IdentityPlan,
  caller: Pick<RequestContext, "own">,
): Promise<RealisedIdentities> {
  const retired = plan.remove.some((identity) => identity.kind === "system")
    ? order.identityEpoch
    : undefined;
  const identities = await keptAndAttached(deps, order.id, plan, caller);
  const made = plan.createSystemAssigned
    ? await noteIdentity(deps, order.id, Math.max(deps.now(), order.identityEpoch + 1))
    : undefined;
  const abandon = async (): Promise<void> => {
    if (made !== undefined) await removeIdentity(deps, order.id, made);
  };
  if (made !== undefined) {
    const outcome = await deps.identities.createSystemAssigned(order.id, order.location, made);
    // Without a token nothing was made, and another would be awaited in vain; the sweep removes the
    // record.
    if (!outcome.ok && outcome.failure.code !== "IdentityProviderUnreachable") await abandon();
    identities.push(valueOf(outcome));
  }
  return {
    identities,
    identityEpoch: made ?? order.identityEpoch,
    async commit(transaction) {
      if (made !== undefined) await forgetNote(transaction, order.id, made);
      if (retired !== undefined)
        await transaction
          .insertInto("identity_cleanups")
          .values({ order_id: order.id, epoch: retired, created_at_ms: deps.now() })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
    },
    async settle() {
      if (retired !== undefined) await removeIdentity(deps, order.id, retired);
    },
    abandon,
  };
}

/**
 * The identities that an order would have after a write, to check whether a key would work with
 * them. A new system-assigned one is not made, since it cannot have any rights yet.
 */
export async function candidateIdentities(
  deps: Plane<"identities">,
  order: Pick<Order, "id" | "identities">,
  written: ResourceIdentity | undefined,
  caller: Pick<RequestContext, "own">,
): Promise<readonly AttachedIdentity[]> {
  if (written === undefined) return order.identities;
  const plan = valueOf(decideIdentities(order.identities, written));
  return keptAndAttached(deps, order.id, plan, caller);
}

async function keptAndAttached(
  { identities: directory }: Plane<"identities">,
  order: OrderId,
  plan: IdentityPlan,
  { own }: Pick<RequestContext, "own">,
): Promise<AttachedIdentity[]> {
  const identities: AttachedIdentity[] = [];
  for (const identity of plan.keep)
    identities.push(
      plan.refresh.includes(identity) ? await refreshed(directory, order, identity, own) : identity,
    );
  for (const resourceId of plan.attach)
    identities.push({
      ...valueOf(await directory.attachUserAssigned(order, resourceId, own)),
      // Clients find their identity by the id that they wrote.
      resourceId,
    });
  return identities;
}

/** The identity as the directory has it now; as it was attached, while the directory is silent. */
async function refreshed(
  directory: ControlPlane["identities"],
  order: OrderId,
  identity: AttachedIdentity,
  own: CallerResources | undefined,
): Promise<AttachedIdentity> {
  const found = await directory.attachUserAssigned(order, identity.resourceId, own);
  if (!found.ok && ERRORS[found.failure.code].class === "unreachable") return identity;
  return { ...valueOf(found), resourceId: identity.resourceId };
}

/** A change that has not committed by then never will. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * Records that a system-assigned identity must be deleted, unless the change that makes it commits.
 *
 * @returns its epoch, which no other change of the order has: of two changes in one millisecond,
 * the one that fails would delete the identity of the other
 */
async function noteIdentity(
  { store, now }: Plane<"store" | "now">,
  order: OrderId,
  earliest: number,
): Promise<number> {
  for (let epoch = earliest; ; epoch += 1) {
    const note = { order_id: order, epoch, created_at_ms: now() };
    if (await runLocking(store, (transaction) => insertNote(transaction, note))) return epoch;
  }
}

/** @returns false if another change has this epoch, or had it and has committed */
async function insertNote(
  transaction: StoreTransaction,
  note: BrokerTables["identity_cleanups"],
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("identity_cleanups")
    .values(note)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  // The commit that attached an identity has removed its note.
  const attached = await transaction
    .selectFrom("orders")
    .select("id")
    .where("id", "=", note.order_id)
    .where("identity_epoch", ">=", note.epoch)
    .executeTakeFirst();
  if (attached === undefined) return true;
  await forgetNote(transaction, note.order_id, note.epoch);
  return false;
}

/**
 * Deletes a recorded identity; when Resource Manager does not answer, the record stays for the next
 * sweep.
 */
export async function removeIdentity(
  { store, identities }: Plane<"store" | "identities">,
  order: OrderId,
  epoch: number,
): Promise<void> {
  const outcome = await identities.deleteSystemAssigned(order, epoch);
  if (outcome.ok) await forgetNote(store, order, epoch);
}

const forgetNote = (store: Store, order: OrderId, epoch: number) =>
  store
    .deleteFrom("identity_cleanups")
    .where("order_id", "=", order)
    .where("epoch", "=", epoch)
    .execute();

/** Deletes identities that remained after a crash or an outage. Safe to call at any time. */
export async function sweepIdentities(deps: Plane<"store" | "now" | "identities">): Promise<void> {
  const before: EpochMs = deps.now() - ABANDONED_AFTER_MS;
  const notes = await deps.store
    .selectFrom("identity_cleanups")
    .select(["order_id", "epoch"])
    .where("created_at_ms", "<", before)
    .execute();
  for (const note of notes) await removeIdentity(deps, note.order_id, note.epoch);
}
