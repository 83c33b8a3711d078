import { namesOf } from "@databox-cmk/errors";
import type { UnlockPolicy } from "@databox-cmk/protocol";
import { type RawBuilder, sql } from "kysely";

import { jsonMember } from "./json-member.ts";
import type { StoreTransaction } from "./store.ts";

/**
 * Features whose rows a former program misreads or does not enforce, each with the oldest migration
 * that every program with the feature knows.
 */
const SINCE = {
  splitCustody: "0021-device-shares",
  custodyPolicy: "0023-custody-policies",
  purposes: "0024-open-keys",
  override: "0027-overrides",
  tenants: "0037-subscription-tenants",
  freshKey: "0038-withdrawn-keys",
} as const;

/**
 * The first use of a feature takes the replicas of former programs out of service
 * (docs/design/decisions/0011), in the transaction that uses it. Later uses write nothing.
 */
export async function requireFeature(
  transaction: StoreTransaction,
  feature: keyof typeof SINCE,
): Promise<void> {
  await transaction
    .updateTable("schema_needs")
    .set({ migration: SINCE[feature] })
    .where("migration", "<", SINCE[feature])
    .execute();
}

export async function requireFeaturesOf(
  transaction: StoreTransaction,
  { custody, purposes, freshKey }: UnlockPolicy,
): Promise<void> {
  if (custody?.kind === "split") await requireFeature(transaction, "splitCustody");
  if (purposes !== undefined) await requireFeature(transaction, "purposes");
  if (freshKey === true) await requireFeature(transaction, "freshKey");
}

/**
 * The features that rows of another database use, which were imported.
 *
 * @param migrations - those that made the tables
 */
export async function requireFeaturesInUse(
  transaction: StoreTransaction,
  migrations: readonly string[],
): Promise<void> {
  const policy = (...path: readonly string[]) => jsonMember(transaction, "policy_json", ...path);
  const uses: Record<keyof typeof SINCE, RawBuilder<unknown>> = {
    splitCustody: sql`unlock_policies where ${policy("custody", "kind")} = 'split'`,
    custodyPolicy: sql`custody_policies where split_only = 1`,
    purposes: sql`unlock_policies where ${policy("purposes")} is not null`,
    override: sql`approvals where effective_at_ms is not null`,
    tenants: sql`tenants`,
    freshKey: sql`unlock_policies where ${policy("freshKey")} is not null`,
  };
  for (const feature of namesOf(uses)) {
    if (!migrations.includes(SINCE[feature])) continue;
    const { rows } = await sql`select 1 from ${uses[feature]} limit 1`.execute(transaction);
    if (rows.length > 0) await requireFeature(transaction, feature);
  }
}
