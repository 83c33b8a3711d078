import type { ErrorClass } from "@databox-cmk/errors";

import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";

/** What is known of a key and an identity. `unknown`: no vault with authority has answered yet. */
export type ProbeState =
  | { readonly kind: "unknown" }
  | { readonly kind: "ok"; readonly sinceMs: EpochMs; readonly checkedAtMs: EpochMs }
  | {
      readonly kind: "refused";
      readonly sinceMs: EpochMs;
      readonly checkedAtMs: EpochMs;
      readonly failure: Failure;
    };

/** A failure with its class, as the table of errors has it; undefined: the vault did what was asked. */
export type ProbeAnswer =
  | undefined
  | { readonly failure: Failure; readonly errorClass: ErrorClass };

/** Only an authority's own yes or no changes what is known; an outage leaves it, and lets it grow old. */
export function decideProbe(former: ProbeState, answer: ProbeAnswer, nowMs: EpochMs): ProbeState {
  if (answer === undefined)
    return {
      kind: "ok",
      sinceMs: former.kind === "ok" ? former.sinceMs : nowMs,
      checkedAtMs: nowMs,
    };
  if (answer.errorClass !== "refused") return former;
  return {
    kind: "refused",
    sinceMs: former.kind === "refused" ? former.sinceMs : nowMs,
    checkedAtMs: nowMs,
    failure: answer.failure,
  };
}

/** When a probe is due again: earlier by up to a fifth, so that many keys are not asked about at once. */
export function nextProbeMs(nowMs: EpochMs, intervalSeconds: number, random: number): EpochMs {
  return Math.round(nowMs + intervalSeconds * 1000 * (1 - random / 5));
}
