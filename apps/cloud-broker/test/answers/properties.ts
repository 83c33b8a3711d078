import { explain } from "@databox-cmk/errors";

import type { Outcome } from "../../src/core/ports.ts";
import type { KindOfAnswer } from "./answers.ts";
import type { Kind } from "./calls.ts";

/** One answer that was met. */
export type Met = {
  readonly answer: KindOfAnswer;
  /** It came to every call, and not only to the first: a retry may cure one. */
  readonly isLasting: boolean;
  /** The call that met it; absent: one to a vault. */
  readonly kind?: Kind;
};

/** The results of the answers, and of the next calls when Azure was healthy again. */
export type Seen = {
  readonly outcome: Outcome<unknown>;
  /** Of the same caller, and of another one at the same vault, on the same adapters. */
  readonly again: Outcome<unknown>;
  readonly other: Outcome<unknown>;
  readonly met: readonly Met[];
  readonly calls: number;
  /** What the call would have taken by the clock. */
  readonly tookMs: number;
};

/** The most that one call of a port makes, with its retries and its tokens. */
const MOST_CALLS = 22;

/** What answers must lead to, whoever gives them to whichever call. @returns what is wrong */
export function judge({ outcome, again, other, met, ...seen }: Seen, mostMs: number) {
  const names = met.map((each) => judgeName(each, outcome));
  return [
    // Of several answers, a failure tells one.
    ...(!outcome.ok && names.some((problems) => problems.length === 0)
      ? []
      : new Set(names.flat())),
    ...(again.ok ? [] : [`the next try fails by ${again.failure.code}`]),
    ...(other.ok ? [] : [`another caller fails by ${other.failure.code}`]),
    ...(met.length > 0 ? [] : ["the answer was never met"]),
    ...(seen.calls > MOST_CALLS ? [`${String(seen.calls)} calls`] : []),
    ...(seen.tookMs > mostMs ? [`takes ${String(seen.tookMs)} ms`] : []),
  ];
}

/** One code of the right class, for the person who must act, with the wait that was asked for. */
export function judgeName(
  { answer: { meaning, retryAfterSeconds }, isLasting, kind: call = "vault.get" }: Met,
  outcome: Outcome<unknown>,
): readonly string[] {
  const mustAct = meaning === "act" || meaning === "forbids";
  if (outcome.ok)
    return isLasting && (mustAct || meaning === "refuses") ? ["nothing is said of it"] : [];
  const { failure } = outcome;
  const { who, class: kind } = explain(failure.code, { reason: failure.reason });
  const name = `${failure.code}/${failure.reason ?? ""} (${kind}, ${who})`;
  const mayRefuse = meaning === "refuses" || meaning === "open" || meaning === "forbids";
  const isRefusal = kind === "refused" || kind === "invalid";
  return [
    ...(meaning === "right" ? [`a right answer fails by ${name}`] : []),
    ...(kind === "internal" ? [`an answer is called a fault of ours: ${name}`] : []),
    ...(isRefusal && !mayRefuse ? [`it refuses without authority: ${name}`] : []),
    ...(meaning === "refuses" && !isRefusal ? [`a refusal is called ${name}`] : []),
    ...(mustAct && who === "nobody" ? [`nobody must act: ${name}`] : []),
    ...(meaning === "passes" && who !== "nobody" ? [`${who} must act: ${name}`] : []),
    ...(failure.code.startsWith("KeyVault") && !call.startsWith("vault.")
      ? [`the vault did not say it: ${name}`]
      : []),
    ...(retryAfterSeconds !== undefined && failure.retryAfterSeconds !== retryAfterSeconds
      ? [`Retry-After ${String(retryAfterSeconds)} became ${String(failure.retryAfterSeconds)}`]
      : []),
  ];
}
