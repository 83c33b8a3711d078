import type { ErrorClass } from "@databox-cmk/errors";

import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";

/** The known state of a key and an identity. `unknown`: no authoritative vault answer yet. */
export type ProbeState =
  | { readonly kind: "unknown" }
  | { readonly kind: "ok"; readonly sinceMs: EpochMs; readonly checkedAtMs: EpochMs }
  | {
      readonly kind: "refused";
      readonly sinceMs: EpochMs;
      readonly checkedAtMs: EpochMs;
      readonly failure: Failure;
    };

/** A failure with its class from the table of errors; undefined: the vault did as asked. */
export type ProbeAnswer =
  | undefined
  | { readonly failure: Failure; readonly errorClass: ErrorClass };

/**
 * Only an authoritative yes or no changes the state; an outage leaves it unchanged, and it ages.
 */
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

/** When the next probe is due: up to a fifth earlier, so that many keys are not probed at once. */
export function nextProbeMs(nowMs: EpochMs, intervalSeconds: number, random: number): EpochMs {
  return Math.round(nowMs + intervalSeconds * 1000 * (1 - random / 5));
}
