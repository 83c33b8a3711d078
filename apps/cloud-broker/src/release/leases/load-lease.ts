import { type UnlockPolicy, unlockPurpose } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { LEASE_STATES, type LeaseRecord, type RenewalFacts } from "../../core/decide-renewal.ts";
import { parseFailureJson } from "../../core/failure-json.ts";
import { parseOfflineTerms } from "../../core/offline-terms.ts";
import { type OrderId, SKUS } from "../../core/order.ts";
import { compileOnce } from "../../store/fast/compile-once.ts";
import type { Store } from "../../store/store.ts";
import {
  coveringScopes,
  type CoveringScopes,
  revocationOf,
  standingSwitch,
} from "../kill-switches/revocations.ts";
import { parseStoredPolicy } from "../policy/read-unlock-policy.ts";

const leaseState = z.enum(LEASE_STATES);

/** The facts about a lease before a decision. */
export type LoadedLease = Pick<
  RenewalFacts,
  "lease" | "transfer" | "hasEnvelope" | "revocation"
> & {
  /** The order's own policy; undefined while the default applies. */
  readonly policy: UnlockPolicy | undefined;
  /** The order has more than one node. */
  readonly hasSiblings: boolean;
  /** Id of the drill that this lease has not answered yet. */
  readonly drill: string | undefined;
};

const selectLease = compileOnce((store, wanted: { readonly id: string } & CoveringScopes) =>
  store
    .selectFrom("leases")
    .innerJoin("orders", "orders.id", "leases.order_id")
    .leftJoin("unlock_policies", "unlock_policies.order_id", "leases.order_id")
    .select((lease) => [
      "leases.order_id",
      "leases.serial",
      "leases.purpose",
      "leases.boot_id",
      "leases.sequence",
      "leases.last_counter",
      "leases.state",
      "leases.ttl_seconds",
      "leases.outage_grace_seconds",
      "leases.grace_until_reboot",
      "leases.offline_json",
      "leases.renewed_at_ms",
      "leases.refusal_json",
      "orders.sku",
      "orders.stage",
      "orders.transfer_type",
      "unlock_policies.policy_json",
      lease
        .selectFrom("envelopes")
        .select("envelopes.generation")
        .whereRef("envelopes.order_id", "=", "leases.order_id")
        .whereRef("envelopes.serial", "=", "leases.serial")
        .limit(1)
        .as("generation"),
      lease
        .selectFrom("drills")
        .select("drills.id")
        .whereRef("drills.lease_id", "=", "leases.id")
        .where("drills.answered_at_ms", "is", null)
        .orderBy("drills.started_at_ms", "desc")
        .limit(1)
        .as("drill"),
      standingSwitch(wanted),
    ])
    .where("leases.id", "=", wanted.id),
);

/**
 * All facts for the decision about a renewal, a watch or a rekeying, in one statement, without a
 * vault call.
 *
 * @param node - the node that signed; its kill switches are read
 * @returns no facts for an unknown lease; a node that names it is refused regardless of kill
 * switches
 */
export async function loadLease(
  store: Store,
  id: string,
  { order, serial }: { readonly order: OrderId; readonly serial: string },
): Promise<LoadedLease> {
  const [row] = await selectLease(store, { id, ...coveringScopes(order, serial) });
  if (row === undefined) return UNKNOWN;
  return {
    lease: leaseOf(row),
    transfer: { stage: row.stage, transferType: row.transfer_type },
    hasEnvelope: row.generation !== null,
    revocation: revocationOf(row.revocation),
    policy: parseStoredPolicy(row.policy_json),
    hasSiblings: SKUS[row.sku].nodes > 1,
    drill: row.drill ?? undefined,
  };
}

const UNKNOWN: LoadedLease = {
  lease: undefined,
  transfer: undefined,
  hasEnvelope: false,
  revocation: undefined,
  policy: undefined,
  hasSiblings: false,
  drill: undefined,
};

function leaseOf(row: Awaited<ReturnType<typeof selectLease>>[number]): LeaseRecord {
  return {
    order: row.order_id,
    serial: row.serial,
    purpose: unlockPurpose.parse(row.purpose),
    bootId: row.boot_id,
    sequence: row.sequence,
    lastCounter: row.last_counter,
    state: leaseState.parse(row.state),
    ttlSeconds: row.ttl_seconds,
    outageGraceSeconds: row.outage_grace_seconds,
    graceUntilReboot: row.grace_until_reboot === 1,
    offline: parseOfflineTerms(row.offline_json),
    renewedAtMs: row.renewed_at_ms,
    refusal: parseFailureJson(row.refusal_json),
  };
}
