import { createHash } from "node:crypto";

import type { EpochMs } from "../../core/order.ts";
import type { Store } from "../../store/store.ts";

const WORK = "campaigns";
/** By the first byte of a hash: several for each replica of a large installation. */
const PARTS = 256;

/**
 * The part of an order, by the vault that its step uses most. One replica at a time runs a part,
 * so one process keeps a vault's budget.
 *
 * @param keyUrl - of the key that it moves to, or has; absent: the service's own
 */
export function partOf(keyUrl: string | null | undefined): number {
  const { host } = new URL(keyUrl ?? "https://service");
  return createHash("sha256").update(host).digest().readUInt8();
}

/** The name of the claim on a part. */
export const partWork = (part: number): string => `${WORK}/${String(part)}`;

/**
 * Parts of running campaigns with due steps that no replica runs.
 *
 * @param first - each replica begins with another part
 */
export async function freeParts(
  store: Store,
  nowMs: EpochMs,
  first: number,
): Promise<readonly number[]> {
  const claims = await store
    .selectFrom("claims")
    .select("name")
    .where("until_ms", ">", nowMs)
    .execute();
  const taken = new Set(claims.map(({ name }) => name));
  // A replica of a former program runs all campaigns.
  if (taken.has(WORK)) return [];
  const due = await store
    .selectFrom("campaign_orders")
    .innerJoin("campaigns", "campaigns.id", "campaign_orders.campaign_id")
    .select("campaign_orders.part")
    .distinct()
    .where("campaign_orders.state", "=", "waiting")
    .where("campaign_orders.due_at_ms", "<=", nowMs)
    .where("campaigns.state", "=", "running")
    .execute();
  const turn = (part: number): number => (part - first + PARTS) % PARTS;
  return due
    .map(({ part }) => part)
    .filter((part) => !taken.has(partWork(part)))
    .toSorted((one, other) => turn(one) - turn(other));
}
