import type { UnlockPolicy } from "@databox-cmk/protocol";

import type { EpochMs, OrderId } from "../../core/order.ts";
import { compileOnce } from "../../store/fast/compile-once.ts";
import { type Json, fromJson } from "../../store/json-column.ts";
import type { Store } from "../../store/store.ts";

/** The policy that an order's owner wrote; `revision` counts the writes. */
export type StoredPolicy = {
  readonly policy: UnlockPolicy;
  readonly revision: number;
  readonly changedAtMs: EpochMs;
  readonly changedBy: string;
};

const select = compileOnce((store, { order }: { order: OrderId }) =>
  store
    .selectFrom("unlock_policies")
    .select(["policy_json", "revision", "changed_at_ms", "changed_by"])
    .where("order_id", "=", order),
);

/** The current policy: the order's own, or the broker's default. */
export async function readUnlockPolicy(
  store: Store,
  order: OrderId,
  defaultPolicy: UnlockPolicy,
): Promise<UnlockPolicy> {
  return (await readStoredPolicy(store, order))?.policy ?? defaultPolicy;
}

export async function readStoredPolicy(
  store: Store,
  order: OrderId,
): Promise<StoredPolicy | undefined> {
  const [row] = await select(store, { order });
  if (row === undefined) return undefined;
  return {
    policy: fromJson(row.policy_json),
    revision: row.revision,
    changedAtMs: row.changed_at_ms,
    changedBy: row.changed_by,
  };
}

/** @param json - null for an order without a policy of its own (a left join) */
export function parseStoredPolicy(json: Json<UnlockPolicy> | null): UnlockPolicy | undefined {
  return json === null ? undefined : fromJson(json);
}
