import type { StageName } from "@databox-cmk/protocol";

import { endOf, failureOf } from "../../core/decide-release.ts";
import { failed } from "../../core/failed.ts";
import type { EpochMs } from "../../core/order.ts";
import type { AuditEvent, Outcome } from "../../core/ports.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";
import { useBreakGlass } from "./break-glass.ts";
import type { ReleaseDependencies } from "./release-request.ts";
import { closeApproval, readApprovalOf } from "./stored-approvals.ts";

/** The approval or break-glass that a release uses up; empty if the policy requires none. */
export type ReleaseClaim = {
  readonly approval?: { readonly id: string; readonly approvedBy: readonly string[] } | undefined;
  readonly breakGlass?: string | undefined;
};

/**
 * Uses up the approval or break-glass in the transaction of the grant: if the vault fails before,
 * no new approval is needed; and of two concurrent grants only one is committed.
 */
export async function claimRelease(
  transaction: StoreTransaction,
  deps: Pick<ReleaseDependencies, "announce" | "now">,
  { approval, breakGlass }: ReleaseClaim,
  released: {
    readonly requestHash: string;
    readonly stage: StageName;
    readonly switches: number;
    readonly nowMs: EpochMs;
  },
): Promise<Outcome<undefined>> {
  const { requestHash, nowMs } = released;
  if (approval !== undefined) {
    const current = await readApprovalOf(transaction, requestHash);
    if (current === undefined) return failed({ code: "ApprovalExpired" });
    const end = endOf(current, { ...released, kid: current.kid });
    if (end !== undefined) return failed(failureOf({ ...current, ...end }));
    if (!(await closeApproval(transaction, approval.id, "released", nowMs)))
      return failed(failureOf(current));
  }
  return useBreakGlass(transaction, deps, breakGlass, requestHash);
}

/** Writes beside the database that the committed release used them up. */
export async function rememberUse(
  { restoreRecord }: Store,
  { approval, breakGlass }: ReleaseClaim,
  nowMs: EpochMs,
): Promise<void> {
  if (approval !== undefined) await restoreRecord?.keepUse("approvals", approval.id, nowMs);
  if (breakGlass !== undefined) await restoreRecord?.keepUse("break_glass", breakGlass, nowMs);
}

/** Details for the audit row of the grant. */
export function describeClaim(claim: ReleaseClaim): NonNullable<AuditEvent["detail"]> {
  const by = claim.approval?.approvedBy ?? [];
  return {
    approval: claim.approval?.id,
    approvedBy: by.length === 0 ? undefined : by.join(", "),
    breakGlass: claim.breakGlass,
  };
}
