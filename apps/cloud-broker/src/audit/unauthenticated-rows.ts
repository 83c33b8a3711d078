import { randomUUID } from "node:crypto";

import { addressKey, createRateLimit, networkOf } from "@databox-cmk/http";

import type { EpochMs } from "../core/order.ts";
import type { AuditEvent, Clock } from "../core/ports.ts";
import type { Store } from "../store/store.ts";
import { runLocking } from "../store/transactions.ts";
import type { AppendAudit } from "./append-audit.ts";

/** Limits of the audit rows for messages of unauthenticated callers. */
export type UnauthenticatedBudget = {
  /** At once, and in an hour after that. */
  readonly perAddress: { readonly burst: number; readonly perHour: number };
  /** All addresses of this process share it. */
  readonly inSum: { readonly burst: number; readonly perHour: number };
  /** Refusals of one customer's tenant, which no other tenant's use up. */
  readonly perTenant: { readonly burst: number; readonly perHour: number };
};

/**
 * Enough to see the kind of an attack. In total at most 1,440 rows a day and process, about 1 MB,
 * for as long as an attack lasts: rows of a hash chain are never deleted.
 */
export const UNAUTHENTICATED_BUDGET: UnauthenticatedBudget = {
  perAddress: { burst: 120, perHour: 6 },
  inSum: { burst: 600, perHour: 60 },
  perTenant: { burst: 120, perHour: 60 },
};

export type UnauthenticatedRows = ReturnType<typeof createUnauthenticatedRows>;

const HOUR_MS = 3_600_000;
/** Networks with a summary of their own; the others share one. */
const NETWORKS_MAX = 8;
/** Networks that are counted apart at all. */
const COUNTED_MAX = 1_000;
const OTHERS = "other networks";

/**
 * A refused unauthenticated message has its own audit row only within a budget: rows are durable,
 * and sending such messages costs nothing. Beyond the budget they are counted, and one row an hour
 * gives the number for each network.
 */
export function createUnauthenticatedRows(
  { store, appendAudit, now }: { store: Store; appendAudit: AppendAudit; now: Clock },
  { perAddress, inSum, perTenant }: UnauthenticatedBudget = UNAUTHENTICATED_BUDGET,
) {
  const limitOf = ({ burst, perHour }: UnauthenticatedBudget["inSum"]) =>
    createRateLimit({ tokensPerSecond: perHour / 3600, burst, now });
  const ofAddress = limitOf(perAddress);
  const ofAll = limitOf(inSum);
  const ofTenant = limitOf(perTenant);
  let counted = new Map<string, number>();
  let sinceMs: EpochMs | undefined;

  function count(network: string, messages: number): void {
    sinceMs ??= now();
    const name = counted.has(network) || counted.size < COUNTED_MAX ? network : OTHERS;
    counted.set(name, (counted.get(name) ?? 0) + messages);
  }

  return {
    /** @returns whether a refusal may have a row of its own; if not, it was counted */
    admit(address: string): boolean {
      const isWithin = ofAddress(addressKey(address)) === undefined && ofAll("all") === undefined;
      if (!isWithin) count(networkOf(address), 1);
      return isWithin;
    },
    /** The same for a refused caller of a customer's tenant. */
    admitOf(tenantId: string): boolean {
      const isWithin = ofTenant(tenantId) === undefined;
      if (!isWithin) count(`tenant ${tenantId}`, 1);
      return isWithin;
    },
    /** Writes the counts once an hour has ended; `now` also before that. */
    async flush(when?: "now") {
      if (sinceMs === undefined) return;
      if (when !== "now" && now() - sinceMs < HOUR_MS) return;
      const taken = { counted, sinceMs };
      const rows = summarise(counted, sinceMs, now());
      [counted, sinceMs] = [new Map(), undefined];
      try {
        await runLocking(store, async (transaction) => {
          for (const row of rows) await appendAudit(transaction, "broker", row);
        });
      } catch (error) {
        // The next flush tries again. A commit whose answer was lost is then told twice.
        sinceMs = taken.sinceMs;
        for (const [network, messages] of taken.counted) count(network, messages);
        throw error;
      }
    },
  };
}

function summarise(
  counted: ReadonlyMap<string, number>,
  fromMs: EpochMs,
  untilMs: EpochMs,
): readonly AuditEvent[] {
  const networks = [...counted]
    .filter(([network]) => network !== OTHERS)
    .toSorted(([, one], [, other]) => other - one);
  const rest = networks.slice(NETWORKS_MAX).reduce((sum, [, messages]) => sum + messages, 0);
  const others = rest + (counted.get(OTHERS) ?? 0);
  return [
    ...networks.slice(0, NETWORKS_MAX),
    ...(others === 0 ? [] : [[OTHERS, others] as const]),
  ].map(([network, messages]) => ({
    action: "strangers/turned-away",
    actor: { kind: "broker" },
    outcome: "refused",
    correlationId: randomUUID(),
    detail: { network, messages, fromMs, untilMs },
  }));
}
