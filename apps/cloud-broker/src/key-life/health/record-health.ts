import { randomUUID } from "node:crypto";

import type { AppendAudit } from "../../audit/append-audit.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import { type HealthVerdict, isNews, type KeyHealth } from "../../core/key-health.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Clock } from "../../core/ports.ts";
import { loadCurrentKey } from "../../custody/current-key.ts";
import { noteFailed, noteWorking } from "../../custody/primary-standings.ts";
import { columnsOfHealth, readHealth } from "../../custody/stored-health.ts";
import type { Announce } from "../../events/announce.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";

export type RecordDependencies = {
  readonly store: Store;
  readonly appendAudit: AppendAudit;
  readonly now: Clock;
  readonly announce: Announce;
  /** The step of the order's verdict, which knows every hindrance. */
  readonly readNextStep: (transaction: StoreTransaction, order: OrderId) => Promise<unknown>;
};

/**
 * The result of a check of an order's key. `revision`: of the current key at the time of the
 * check.
 */
export type Observation = {
  readonly order: OrderId;
  readonly revision: number;
  /** The mark of the key's doubted state before the check. */
  readonly doubt?: string | undefined;
  /** When the vault was asked: a later result is not replaced by this one. */
  readonly sinceMs: EpochMs;
  readonly verdict: HealthVerdict;
  readonly kid?: string | undefined;
  readonly recoverableDays?: number | undefined;
};

/**
 * Stores a check's result. A change, its audit row and its events are one commit. The result for a
 * key that is no longer in force is dropped; an inconclusive result only records the attempt.
 *
 * @returns the known health; undefined for an order that is not watched
 */
export function recordHealth(
  deps: RecordDependencies,
  observation: Observation,
): Promise<KeyHealth | undefined> {
  const { order, revision, sinceMs, verdict, doubt } = observation;
  return deps.store.transaction().execute(async (transaction) => {
    const current = await loadCurrentKey(transaction, order);
    const stored = await readHealth(transaction, order);
    if (current?.revision !== revision || stored === undefined) return stored?.health;
    const nowMs = deps.now();
    const storedMs = stored.checkedAtMs ?? 0;
    // A result from the future was stored before the clock was set back.
    if (storedMs > sinceMs && storedMs <= nowMs) return stored.health;
    const update = transaction.updateTable("key_health").where("order_id", "=", order);
    if (verdict.state === "inconclusive") {
      await update.set({ inconclusive_code: verdict.code, inconclusive_at_ms: sinceMs }).execute();
      return stored.health;
    }
    const isChanged = isNews(stored.health, verdict);
    await update
      .set({
        ...columnsOfHealth(verdict),
        checked_at_ms: sinceMs,
        kid: observation.kid,
        recoverable_days: observation.recoverableDays,
        changed_at_ms: isChanged ? nowMs : undefined,
      })
      .execute();
    if (verdict.state === "unusable") await noteFailed(transaction, order, verdict, nowMs);
    // The check has wrapped and unwrapped with the key, so a refusal before it no longer holds.
    else if (doubt !== undefined) await noteWorking(transaction, order, { mark: doubt });
    if (!isChanged) return verdict;
    const id = randomUUID();
    const kid = observation.kid ?? stored.kid;
    await deps.appendAudit(transaction, order, {
      action: "key/health",
      actor: { kind: "broker" },
      outcome: "done",
      code: verdict.state === "unusable" ? verdict.code : undefined,
      reason:
        verdict.state === "unusable" && verdict.reason !== undefined ? verdict.reason : undefined,
      kid,
      correlationId: id,
      detail: {
        from: stored.health.state,
        to: verdict.state,
        risks:
          verdict.state === "at-risk"
            ? verdict.risks.map(({ risk }) => risk).join(", ")
            : undefined,
      },
    });
    await deps.announce(transaction, {
      id,
      type: EVENT_TYPES.keyHealthChanged,
      order,
      atMs: nowMs,
      data: {
        kid,
        before: { state: stored.health.state },
        after: renderHealth(verdict),
        nextStep: await deps.readNextStep(transaction, order),
      },
    });
    return verdict;
  });
}

function renderHealth(health: Exclude<HealthVerdict, { state: "inconclusive" }>): object {
  const { state } = health;
  if (state === "unusable") return { state, code: health.code, reason: health.reason };
  if (state === "healthy") return { state };
  const risks = health.risks.map(({ risk, atMs }) => ({
    risk,
    at: atMs === undefined ? undefined : new Date(atMs).toISOString(),
  }));
  return { state, risks };
}
