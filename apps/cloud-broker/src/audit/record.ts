import type { AuditAction } from "@databox-cmk/protocol";

import type { AuditEvent } from "../core/ports.ts";
import { readVaultCalls } from "../observability/trace.ts";
import type { Store } from "../store/store.ts";
import { runLocking, type Work } from "../store/transactions.ts";
import type { AppendAudit, AuditChain } from "./append-audit.ts";

/** The part of a row that is known before the change. */
export type AuditedAction = {
  readonly chain: AuditChain;
  readonly action: AuditAction;
  readonly context: Pick<AuditEvent, "actor" | "correlationId">;
};

/** The part of a row that the change adds; without an outcome, it is `done`. */
export type AuditOutcome = Partial<Omit<AuditEvent, "action" | "actor" | "correlationId">>;

/** It answers undefined where nothing was changed, so that there is nothing to record. */
export type AuditedChange = Work<AuditOutcome | undefined>;
/** A change whose caller gets a value that is not in the row. */
type ChangeWithValue<Value> = Work<AuditOutcome & { readonly value: Value }>;

/**
 * The change with its row of the audit log, for a transaction that the caller opens.
 *
 * @returns the change's value; without one, whether anything was changed
 */
export function recorded<Value>(
  appendAudit: AppendAudit,
  entry: AuditedAction,
  change: ChangeWithValue<Value>,
): Work<Value>;
export function recorded(
  appendAudit: AppendAudit,
  entry: AuditedAction,
  change: AuditedChange,
): Work<boolean>;
export function recorded(
  appendAudit: AppendAudit,
  { chain, action, context: { actor, correlationId } }: AuditedAction,
  change: AuditedChange | ChangeWithValue<unknown>,
): Work<unknown> {
  const vaultCalls = readVaultCalls();
  return async (transaction) => {
    const result = await change(transaction);
    if (result === undefined) return false;
    const { value, ...outcome } = { value: true, ...result };
    await appendAudit(transaction, chain, {
      outcome: "done",
      ...vaultCalls(),
      ...outcome,
      action,
      actor,
      correlationId,
    });
    return value;
  };
}

export type Auditing = { readonly store: Store; readonly appendAudit: AppendAudit };

/**
 * Commits a change together with its row of the audit log: who opens a transaction here cannot
 * forget the row. Other places that open one are listed in deploy/test/source-rules.test.ts.
 *
 * @returns the change's value; without one, whether anything was changed
 */
export function record<Value>(
  deps: Auditing,
  entry: AuditedAction,
  change: ChangeWithValue<Value>,
): Promise<Value>;
export function record(
  deps: Auditing,
  entry: AuditedAction,
  change: AuditedChange,
): Promise<boolean>;
export function record(
  { store, appendAudit }: Auditing,
  entry: AuditedAction,
  change: AuditedChange | ChangeWithValue<unknown>,
): Promise<unknown> {
  return store.transaction().execute(recorded(appendAudit, entry, change));
}

/** Commits a row without a change, such as that of a refusal. */
export async function note(
  { store, appendAudit }: Auditing,
  entry: AuditedAction,
  result: AuditOutcome,
): Promise<void> {
  const change: AuditedChange = () => Promise.resolve(result);
  await runLocking(store, recorded(appendAudit, entry, change));
}
