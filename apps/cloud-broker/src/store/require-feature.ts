import type { UnlockPolicy } from "@databox-cmk/protocol";

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
  { custody, purposes }: UnlockPolicy,
): Promise<void> {
  if (custody?.kind === "split") await requireFeature(transaction, "splitCustody");
  if (purposes !== undefined) await requireFeature(transaction, "purposes");
}
