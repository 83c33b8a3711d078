import type { Selectable } from "kysely";

import type { Approval, ApprovalState, VoidReason, Vote } from "../../core/decide-release.ts";
import { fromJson } from "../../store/json-column.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";

/** `approvalOf` reads these, also in a join. */
export const APPROVAL_COLUMNS = [
  "approvals.id",
  "approvals.state",
  "approvals.void_reason",
  "approvals.stage",
  "approvals.kid",
  "approvals.requested_by",
  "approvals.requested_at_ms",
  "approvals.expires_at_ms",
  "approvals.terms_json",
  "approvals.effective_at_ms",
  "approvals.switches",
] as const;
type ApprovalColumns = Pick<
  Selectable<BrokerTables["approvals"]>,
  (typeof APPROVAL_COLUMNS)[number] extends `approvals.${infer Column}` ? Column : never
>;

/** The approval of one signed request, with its votes. */
export async function readApprovalOf(
  store: Store,
  requestHash: string,
): Promise<Approval | undefined> {
  const row = await store
    .selectFrom("approvals")
    .select(APPROVAL_COLUMNS)
    .where("request_hash", "=", requestHash)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const votes = await readVotes(store, [row.id]);
  return approvalOf(row, votes.get(row.id) ?? []);
}

export function approvalOf(row: ApprovalColumns, votes: readonly Vote[]): Approval {
  return {
    id: row.id,
    state: row.state,
    voidReason: row.void_reason ?? undefined,
    stage: row.stage,
    kid: row.kid,
    requestedBy: row.requested_by ?? undefined,
    requestedAtMs: row.requested_at_ms,
    expiresAtMs: row.expires_at_ms,
    effectiveAtMs: row.effective_at_ms ?? undefined,
    votes,
    switches: row.switches ?? 0,
    terms: row.terms_json === null ? undefined : fromJson(row.terms_json),
  };
}

/** Votes by approval, oldest first. */
export async function readVotes(
  store: Store,
  approvals: readonly string[],
): Promise<ReadonlyMap<string, readonly Vote[]>> {
  if (approvals.length === 0) return new Map();
  const rows = await store
    .selectFrom("approval_votes")
    .select(["approval_id", "object_id", "name", "decision", "reason", "held_right", "at_ms"])
    .where("approval_id", "in", approvals)
    .orderBy("at_ms")
    .execute();
  return Map.groupBy(
    rows.map((row) => ({
      approval: row.approval_id,
      objectId: row.object_id,
      name: row.name,
      decision: row.decision,
      reason: row.reason,
      right: row.held_right,
      atMs: row.at_ms,
    })),
    ({ approval }) => approval,
  );
}

/**
 * Ends an open approval. Of concurrent attempts to end it (a grant, a rejection, the expiry), on
 * any replica, exactly one succeeds.
 */
export async function closeApproval(
  transaction: StoreTransaction,
  id: string,
  state: Exclude<ApprovalState, "open">,
  nowMs: number,
  voidReason?: VoidReason,
): Promise<boolean> {
  const closed = await transaction
    .updateTable("approvals")
    .set({ state, closed_at_ms: nowMs, void_reason: voidReason ?? null })
    .where("id", "=", id)
    .where("state", "=", "open")
    .executeTakeFirst();
  return closed.numUpdatedRows === 1n;
}
