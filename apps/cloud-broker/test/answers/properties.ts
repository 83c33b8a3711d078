import { explain } from "@databox-cmk/errors";

import type { Outcome } from "../../src/core/ports.ts";
import type { KindOfAnswer } from "./answers.ts";

/** What followed from one answer, and what the next calls met when Azure was healthy again. */
export type Seen = {
  /** The answer came to every call, and not only to the first: a retry may cure one. */
  readonly isLasting: boolean;
  readonly outcome: Outcome<unknown>;
  /** Of the same caller, and of another one at the same vault, on the same adapters. */
  readonly again: Outcome<unknown>;
  readonly other: Outcome<unknown>;
  /** Whether the answer was met at all. */
  readonly wasMet: boolean;
  readonly calls: number;
  readonly sleptMs: number;
};

/** The most that one call of a port makes, with its retries and its tokens. */
const MOST_CALLS = 22;
const MOST_SLEPT_MS = 10_000;

/** What an answer must lead to, whoever gives it to whichever call. @returns what is wrong */
export function judge(answer: KindOfAnswer, seen: Seen): readonly string[] {
  const { again, other, wasMet, calls, sleptMs } = seen;
  return [
    ...judgeName(answer, seen),
    ...(again.ok ? [] : [`the next try fails by ${again.failure.code}`]),
    ...(other.ok ? [] : [`another caller fails by ${other.failure.code}`]),
    ...(wasMet ? [] : ["the answer was never met"]),
    ...(calls > MOST_CALLS ? [`${String(calls)} calls`] : []),
    ...(sleptMs > MOST_SLEPT_MS ? [`waited for ${String(sleptMs)} ms`] : []),
  ];
}

/** One code of the right class, for the person who must act, with the wait that was asked for. */
function judgeName(
  { meaning, retryAfterSeconds }: KindOfAnswer,
  { outcome, isLasting }: Pick<Seen, "outcome" | "isLasting">,
): readonly string[] {
  if (outcome.ok)
    return isLasting && (meaning === "act" || meaning === "refuses")
      ? ["nothing is said of it"]
      : [];
  const { failure } = outcome;
  const { who, class: kind } = explain(failure.code, { reason: failure.reason });
  const name = `${failure.code}/${failure.reason ?? ""} (${kind}, ${who})`;
  const mayRefuse = meaning === "refuses" || meaning === "open";
  const isRefusal = kind === "refused" || kind === "invalid";
  return [
    ...(meaning === "right" ? [`a right answer fails by ${name}`] : []),
    ...(kind === "internal" ? [`an answer is called a fault of ours: ${name}`] : []),
    ...(isRefusal && !mayRefuse ? [`it refuses without authority: ${name}`] : []),
    ...(meaning === "refuses" && !isRefusal ? [`a refusal is called ${name}`] : []),
    ...(meaning === "act" && who === "nobody" ? [`nobody must act: ${name}`] : []),
    ...(meaning === "passes" && who !== "nobody" ? [`${who} must act: ${name}`] : []),
    ...(retryAfterSeconds !== undefined && failure.retryAfterSeconds !== retryAfterSeconds
      ? [`Retry-After ${String(retryAfterSeconds)} became ${String(failure.retryAfterSeconds)}`]
      : []),
  ];
}
