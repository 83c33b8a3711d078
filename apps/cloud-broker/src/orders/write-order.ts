import { AppError } from "@databox-cmk/errors";
import type { UnlockPolicy } from "@databox-cmk/protocol";

import { type AuditedAction, record, type AuditOutcome } from "../audit/record.ts";
import type { EpochMs, OrderId } from "../core/order.ts";
import { stageRules } from "../core/stages.ts";
import { toJson } from "../store/json-column.ts";
import { requireFeaturesOf } from "../store/require-feature.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Changing, RequestContext } from "./control-plane.ts";
import type { Order } from "./order.ts";

type Writer = StoreTransaction;

/** The parts of an order that a write may replace; the rest is kept. */
export type OrderChange = Partial<
  Pick<
    Order,
    | "tags"
    | "details"
    | "state"
    | "stage"
    | "stageStatus"
    | "cancellationReason"
    | "identities"
    | "identityEpoch"
  >
>;

/** @throws {AppError} `ResourceAlreadyExists` when another request came first. */
export async function insertOrder(
  transaction: Writer,
  order: Omit<Order, "key" | "stages" | "revision">,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("orders")
    .values({
      id: order.id,
      subscription_id: order.name.subscriptionId,
      resource_group: order.name.resourceGroup,
      name: order.name.name,
      location: order.location,
      sku: order.skuName,
      transfer_type: order.transferType,
      tags_json: toJson(order.tags),
      details_json: toJson(order.details),
      state_json: toJson(order.state),
      stage: order.stage,
      stage_status: order.stageStatus,
      cancellation_reason: null,
      identity_epoch: order.identityEpoch,
      revision: 1,
      created_at_ms: order.createdAtMs,
      created_by: order.createdBy,
      updated_at_ms: order.updatedAtMs,
      updated_by: order.updatedBy,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n)
    throw new AppError("ResourceAlreadyExists", { facts: { orderName: order.name.name } });
  await enterStage(transaction, order.id, order.stage, order.stageStatus, order.createdAtMs);
  await insertIdentities(transaction, order);
}

/**
 * Replaces parts of an order by compare-and-swap on its revision.
 *
 * @throws {AppError} `RewrapConflict` when the order has changed since it was read.
 */
export async function updateOrder(
  transaction: Writer,
  order: Order,
  change: OrderChange,
  by: string,
  nowMs: EpochMs,
): Promise<void> {
  const next = { ...order, ...change };
  const { numUpdatedRows } = await transaction
    .updateTable("orders")
    .set({
      tags_json: toJson(next.tags),
      details_json: toJson(next.details),
      state_json: toJson(next.state),
      stage: next.stage,
      stage_status: next.stageStatus,
      cancellation_reason: next.cancellationReason ?? null,
      identity_epoch: next.identityEpoch,
      revision: order.revision + 1,
      updated_at_ms: nowMs,
      updated_by: by,
    })
    .where("id", "=", order.id)
    .where("revision", "=", order.revision)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw new AppError("RewrapConflict", { target: order.name.name });
  if (next.stage !== order.stage || next.stageStatus !== order.stageStatus)
    await enterStage(transaction, order.id, next.stage, next.stageStatus, nowMs);
  if (change.identities !== undefined) {
    await transaction.deleteFrom("order_identities").where("order_id", "=", order.id).execute();
    await insertIdentities(transaction, next);
  }
}

/**
 * For a change of the key that keeps the order's choice. Another change that commits after this
 * read is excluded by the revision of the key.
 *
 * @throws {AppError} `RewrapConflict` when the order has changed since it was read, or is gone.
 */
export async function requireUnchanged(transaction: Writer, order: Order): Promise<void> {
  const row = await transaction
    .selectFrom("orders")
    .select("revision")
    .where("id", "=", order.id)
    .executeTakeFirst();
  if (row?.revision !== order.revision)
    throw new AppError("RewrapConflict", { target: order.name.name });
}

/**
 * Commits a change of an order with its row of the audit log.
 *
 * @param told - besides the action and its actor
 */
export async function changeOrder(
  deps: Changing,
  order: Order,
  {
    action,
    context,
    ...told
  }: AuditOutcome & Pick<AuditedAction, "action"> & { readonly context: RequestContext },
  change: OrderChange,
): Promise<void> {
  await record(deps, { chain: order.id, action, context }, async (transaction) => {
    await updateOrder(transaction, order, change, context.by, deps.now());
    return told;
  });
}

async function enterStage(
  transaction: Writer,
  id: OrderId,
  stage: Order["stage"],
  status: Order["stageStatus"],
  atMs: EpochMs,
): Promise<void> {
  await transaction
    .insertInto("order_stages")
    .values({ order_id: id, stage, status, entered_at_ms: atMs })
    // A stage keeps the time at which it was entered; leaving it completes its status.
    .onConflict((conflict) => conflict.columns(["order_id", "stage"]).doUpdateSet({ status }))
    .execute();
  const rules = stageRules(stage);
  await transaction
    .updateTable("order_stages")
    .set({ status: rules.terminal ? rules.entryStatus : "Succeeded" })
    .where("order_id", "=", id)
    .where("stage", "!=", stage)
    .where("status", "not in", ["Succeeded", "SucceededWithErrors", "SucceededWithWarnings"])
    .execute();
}

async function insertIdentities(
  transaction: Writer,
  order: Pick<Order, "id" | "identities" | "identityEpoch">,
): Promise<void> {
  if (order.identities.length === 0) return;
  await transaction
    .insertInto("order_identities")
    .values(
      order.identities.map((identity) => ({
        order_id: order.id,
        kind: identity.kind,
        resource_id: identity.resourceId,
        tenant_id: identity.tenantId,
        client_id: identity.clientId,
        principal_id: identity.principalId,
        epoch: identity.kind === "system" ? order.identityEpoch : 0,
      })),
    )
    .execute();
}

/** How often a writer that lost the race re-reads and retries. */
const ATTEMPTS = 3;

/** Works again when another writer changed the order after `work` had read it. */
export async function retryLostRace<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const lostRace = error instanceof AppError && error.code === "RewrapConflict";
      if (!lostRace || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Every node has reported that its volume is locked with its key: the stage DevicePrepared has
 * succeeded.
 */
export async function markPrepared(
  transaction: StoreTransaction,
  id: OrderId,
  nowMs: EpochMs,
): Promise<void> {
  const unprepared = await transaction
    .selectFrom("nodes")
    .select("serial")
    .where("order_id", "=", id)
    .where("prepared_at_ms", "is", null)
    .executeTakeFirst();
  if (unprepared !== undefined) return;
  await transaction
    .updateTable("orders")
    .set((order) => ({
      stage_status: "Succeeded",
      revision: order("revision", "+", 1),
      updated_at_ms: nowMs,
    }))
    .where("id", "=", id)
    .where("stage", "=", "DevicePrepared")
    .execute();
  await transaction
    .updateTable("order_stages")
    .set({ status: "Succeeded" })
    .where("order_id", "=", id)
    .where("stage", "=", "DevicePrepared")
    .execute();
}

/**
 * Writes the first unlock policy of an order.
 *
 * @returns false when another writer came first
 */
export async function insertPolicy(
  transaction: StoreTransaction,
  order: OrderId,
  first: {
    readonly policy: UnlockPolicy;
    readonly changedAtMs: EpochMs;
    readonly changedBy: string;
  },
): Promise<boolean> {
  await requireFeaturesOf(transaction, first.policy);
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("unlock_policies")
    .values({
      order_id: order,
      policy_json: toJson(first.policy),
      revision: 1,
      changed_at_ms: first.changedAtMs,
      changed_by: first.changedBy,
    })
    .onConflict((conflict) => conflict.column("order_id").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
