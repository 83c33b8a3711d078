import { failed } from "./failed.ts";
import type { EpochMs } from "./order.ts";
import type { Failure, Outcome } from "./ports.ts";
import type { ReleaseTerms } from "./release-terms.ts";

/** The record of a challenge id: the request that used it, and the answer. */
export type ChallengeRecord = {
  readonly requestHash: string;
  /**
   * Undefined until a key is granted: the same challenge may be decided again. The answer is empty
   * once it was deleted.
   */
  readonly granted: { readonly atMs: EpochMs; readonly answer: string } | undefined;
};

export type ChallengeStep =
  | { readonly kind: "fresh" }
  /**
   * It was used before without a grant (a vault was unavailable, a key disabled); its counter is
   * its own.
   */
  | { readonly kind: "again" }
  | { readonly kind: "repeat"; readonly answer: string };

/**
 * A person may lose the page, or scan twice: for this long the same challenge gets the same answer.
 */
export const REPEAT_MS = 15 * 60_000;

export function decideChallenge(
  requestHash: string,
  record: ChallengeRecord | undefined,
  nowMs: EpochMs,
): Outcome<ChallengeStep> {
  if (record === undefined) return { ok: true, value: { kind: "fresh" } };
  if (record.requestHash !== requestHash)
    return failed({
      code: "ReplayDetected",
      detail: "challengeId: used by another message",
    });
  if (record.granted === undefined) return { ok: true, value: { kind: "again" } };
  const { atMs, answer } = record.granted;
  if (answer !== "" && nowMs - atMs <= REPEAT_MS)
    return { ok: true, value: { kind: "repeat", answer } };
  return failed({
    code: "ReplayDetected",
    detail: "challengeId: answered before; make a new challenge at the appliance",
  });
}

/**
 * Applies the order's policy and the broker's limit to an unlock without network. The address of a
 * carried request is that of a browser, so it does not show where the appliance is.
 */
export function decideOfflineUse(
  { offline, release: { networks = [] } }: Pick<ReleaseTerms, "offline" | "release">,
  usedToday: number,
  limitPerDay: number,
): Outcome<undefined> {
  if (!offline.allowed) return failed({ code: "OfflineUnlockForbidden", reason: "policy" });
  if (networks.length > 0)
    return failed({
      code: "PurposeForbidden",
      reason: "network",
      detail: "a carried request shows no network of the appliance",
    });
  if (usedToday >= limitPerDay) return failed(dayIsUsedUp(limitPerDay));
  return { ok: true, value: undefined };
}

export function dayIsUsedUp(limitPerDay: number): Failure {
  return { code: "OfflineUnlockForbidden", reason: "limit", facts: { limitPerDay } };
}

/** The UTC day on which a use counts. */
export function dayOf(nowMs: EpochMs): string {
  return new Date(nowMs).toISOString().slice(0, "2026-01-01".length);
}
