import {
  ERRORS,
  type ErrorCode,
  type Facts,
  decideNextStep,
  ANSWERS,
  type NextStep,
} from "@databox-cmk/errors";

import { DAY_MS } from "./day.ts";
import { decideKeyUse, expiryFacts } from "./key-rules.ts";
import type { EpochMs } from "./order.ts";
import type { Failure, KeyFacts, Outcome } from "./ports.ts";

/** A key that expires within this time is reported in every stage of the order. */
const EXPIRY_NOTICE_MS = 30 * DAY_MS;

export const RISKS = [
  "expires-before-order-end",
  "expires-soon",
  "newest-version",
  "soft-delete",
  "purge-protection",
] as const;
type Unusable = {
  readonly state: "unusable";
  readonly code: ErrorCode;
  readonly reason?: string | undefined;
  readonly facts: Facts;
};
/**
 * A condition that will or may make a healthy key unusable. `atMs`: when. `cause`: why the newest
 * version, which the order follows, cannot be used.
 */
export type Risk = {
  readonly risk: (typeof RISKS)[number];
  readonly atMs?: EpochMs | undefined;
  readonly cause?: Unusable | undefined;
};

export type KeyHealth =
  /** Not checked yet. */
  | { readonly state: "unknown" }
  | { readonly state: "healthy" }
  | { readonly state: "at-risk"; readonly risks: readonly Risk[] }
  | Unusable;

/** The states, as the API writes them. */
export const HEALTH_WORDS = {
  unknown: "Unknown",
  healthy: "Healthy",
  "at-risk": "AtRisk",
  unusable: "Unusable",
} as const satisfies Record<KeyHealth["state"], string>;

/** `inconclusive`: no authoritative answer; the last known result still applies. */
export type HealthVerdict =
  | Exclude<KeyHealth, { state: "unknown" }>
  | { readonly state: "inconclusive"; readonly code: ErrorCode };

/**
 * @param got - a fresh Get, its failure explained (deleted, purged, vault gone)
 * @param expectedEndMs - when the order will probably no longer need its key
 * @param newest - a fresh Get of the version that the order should follow; absent: it follows none,
 * or nothing was wrong with it
 */
export function decideKeyHealth(
  got: Outcome<KeyFacts>,
  nowMs: EpochMs,
  expectedEndMs: EpochMs,
  newest?: Outcome<unknown>,
): HealthVerdict {
  if (!got.ok) return verdictOfFailure(got.failure);
  const forbidden = decideKeyUse(got.value, nowMs);
  if (forbidden !== undefined) return verdictOfFailure(forbidden);
  const ofNewest = newest?.ok === false ? verdictOfFailure(newest.failure) : undefined;
  if (ofNewest?.state === "inconclusive") return ofNewest;
  const risks = [
    ...expiryRisks(got.value, nowMs, expectedEndMs),
    ...(ofNewest === undefined ? [] : [{ risk: "newest-version", cause: ofNewest } as const]),
    ...protectionRisks(got.value),
  ];
  return risks.length === 0 ? { state: "healthy" } : { state: "at-risk", risks };
}

/** Only an authoritative answer makes a key unusable; an outage never does. */
export function verdictOfFailure({
  code,
  reason,
  facts = {},
}: Failure): Exclude<HealthVerdict, { state: "healthy" | "at-risk" }> {
  const { class: kind } = ERRORS[code];
  if (kind !== "refused" && kind !== "invalid") return { state: "inconclusive", code };
  return { state: "unusable", code, reason, facts };
}

function expiryRisks(
  { expiresSeconds }: KeyFacts,
  nowMs: EpochMs,
  expectedEndMs: EpochMs,
): readonly Risk[] {
  if (expiresSeconds === undefined) return [];
  const atMs = expiresSeconds * 1000;
  if (atMs < expectedEndMs) return [{ risk: "expires-before-order-end", atMs }];
  return atMs - nowMs < EXPIRY_NOTICE_MS ? [{ risk: "expires-soon", atMs }] : [];
}

/**
 * Data is lost for good with a key that can be purged. The key's recovery level describes its
 * vault.
 */
function protectionRisks({ recoveryLevel }: KeyFacts): readonly Risk[] {
  if (recoveryLevel === undefined) return [];
  if (!recoveryLevel.includes("Recoverable")) return [{ risk: "soft-delete" }];
  return recoveryLevel.includes("Purgeable") ? [{ risk: "purge-protection" }] : [];
}

/** Two health results with the same fingerprint are the same for a reader. */
export function fingerprint(health: KeyHealth): string {
  switch (health.state) {
    case "unknown":
    case "healthy":
      return health.state;
    case "at-risk":
      return [
        "at-risk",
        ...health.risks.map(({ risk, atMs = 0, cause }) =>
          cause === undefined ? `${risk}@${String(atMs)}` : `${risk} ${fingerprint(cause)}`,
        ),
      ].join(" ");
    case "unusable":
      return `unusable ${health.code} ${health.reason ?? ""}`;
  }
}

/** The first check of a healthy key is not reported. */
export function isNews(before: KeyHealth, after: KeyHealth): boolean {
  if (before.state === "unknown" && after.state === "healthy") return false;
  return fingerprint(before) !== fingerprint(after);
}

export function describeRisk({ risk, atMs = 0, cause }: Risk, nowMs: EpochMs): string {
  const days = Math.floor((atMs - nowMs) / DAY_MS);
  const when = days < 1 ? "within a day" : days === 1 ? "in 1 day" : `in ${String(days)} days`;
  switch (risk) {
    case "expires-before-order-end":
      return `The key expires ${when}, before the order is expected to end`;
    case "expires-soon":
      return `The key expires ${when}`;
    case "newest-version":
      return `The newest version of the key cannot be used (${cause?.code ?? ""}); the current one stays in use`;
    case "soft-delete":
      return "The vault has no soft delete: a deleted key cannot be recovered";
    case "purge-protection":
      return "The vault has no purge protection: a deleted key can be destroyed permanently at once";
  }
}

/** The next step for a key's health. @param names - the order's own, for commands */
export function nextStepOfHealth(health: KeyHealth, names: Facts): NextStep {
  switch (health.state) {
    case "unknown":
      return { who: "nobody", text: ANSWERS.keyIsCheckedSoon };
    case "healthy":
      return { who: "nobody", text: ANSWERS.keyIsUsable };
    case "unusable": {
      const { code, reason, facts } = health;
      return decideNextStep({ code, reason, facts: { ...names, ...facts } });
    }
    case "at-risk": {
      const [first] = health.risks;
      return first === undefined ? decideNextStep(undefined) : nextStepOfRisk(first, names);
    }
  }
}

function nextStepOfRisk({ risk, atMs = 0, cause }: Risk, names: Facts): NextStep {
  if (cause !== undefined) return nextStepOfHealth(cause, names);
  if (risk === "soft-delete" || risk === "purge-protection")
    return decideNextStep({
      code: "SsemUserErrorSoftDeleteAndPurgeProtectionNotEnabled",
      reason: risk,
      facts: names,
    });
  const facts = { ...names, ...expiryFacts(atMs, atMs) };
  return decideNextStep({ code: "SsemUserErrorEncryptionKeyExpired", facts });
}
