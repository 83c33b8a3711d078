import { type ErrorCode, isErrorCode } from "@databox-cmk/errors";
import type { Selectable } from "kysely";
import * as z from "zod/mini";

import { type KeyHealth, RISKS } from "../core/key-health.ts";
import type { EpochMs, OrderId } from "../core/order.ts";
import type { BrokerTables } from "../store/schema.ts";
import type { Store } from "../store/store.ts";

export type HealthRow = Selectable<BrokerTables["key_health"]>;

export type StoredHealth = {
  readonly health: KeyHealth;
  readonly kid?: string | undefined;
  readonly recoverableDays?: number | undefined;
  readonly checkedAtMs?: EpochMs | undefined;
  readonly changedAtMs: EpochMs;
  /** The last check without an authoritative answer, if it came after the last conclusive one. */
  readonly inconclusive?: { readonly code: string; readonly atMs: EpochMs } | undefined;
};

const FACTS = z.record(z.string(), z.union([z.string(), z.number()]));
const STORED_RISKS = z.array(
  z.object({
    risk: z.enum(RISKS),
    atMs: z.optional(z.number()),
    cause: z.optional(
      z.object({
        state: z.literal("unusable"),
        code: z.custom<ErrorCode>((code) => typeof code === "string" && isErrorCode(code)),
        reason: z.optional(z.string()),
        facts: FACTS,
      }),
    ),
  }),
);

export async function readHealth(store: Store, order: OrderId): Promise<StoredHealth | undefined> {
  const row = await store
    .selectFrom("key_health")
    .select([
      "order_id",
      "state",
      "code",
      "reason",
      "facts_json",
      "risks_json",
      "kid",
      "recoverable_days",
      "checked_at_ms",
      "changed_at_ms",
      "inconclusive_code",
      "inconclusive_at_ms",
      "next_check_at_ms",
    ])
    .where("order_id", "=", order)
    .executeTakeFirst();
  return row === undefined ? undefined : storedHealthOf(row);
}

export function storedHealthOf(
  row: Omit<HealthRow, "order_id" | "next_check_at_ms">,
): StoredHealth {
  const { kid, recoverable_days: recoverableDays, checked_at_ms: checkedAtMs } = row;
  const { inconclusive_code: code, inconclusive_at_ms: atMs } = row;
  const isStale = code !== null && atMs !== null && atMs >= (checkedAtMs ?? 0);
  return {
    health: healthOf(row),
    kid: kid ?? undefined,
    recoverableDays: recoverableDays ?? undefined,
    checkedAtMs: checkedAtMs ?? undefined,
    changedAtMs: row.changed_at_ms,
    inconclusive: isStale ? { code, atMs } : undefined,
  };
}

/** The health state in a row; what only a newer replica knows is not known here. */
export function healthOf(
  row: Pick<HealthRow, "state" | "code" | "reason" | "facts_json" | "risks_json">,
): KeyHealth {
  if (row.state === "healthy") return { state: "healthy" };
  if (row.state === "at-risk") {
    const risks = STORED_RISKS.safeParse(JSON.parse(row.risks_json));
    if (risks.success) return { state: "at-risk", risks: risks.data };
  }
  if (row.state === "unusable") {
    const { code, reason, facts_json: json } = row;
    const facts = FACTS.safeParse(JSON.parse(json));
    if (facts.success && code !== null && isErrorCode(code))
      return { state: "unusable", code, reason: reason ?? undefined, facts: facts.data };
  }
  return { state: "unknown" };
}

/** The columns of a health state; columns that it does not use are cleared. */
export function columnsOfHealth(health: KeyHealth) {
  return {
    state: health.state,
    code: health.state === "unusable" ? health.code : null,
    reason: health.state === "unusable" ? (health.reason ?? null) : null,
    facts_json: JSON.stringify(health.state === "unusable" ? health.facts : {}),
    risks_json: JSON.stringify(health.state === "at-risk" ? health.risks : []),
  };
}
