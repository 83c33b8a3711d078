import { AppError, type Facts, knownReason, withoutUndefined } from "@databox-cmk/errors";

import type { Failure, Outcome } from "./ports.ts";

/** A named failure as the error that the edge renders. */
export function errorOf(failure: Failure): AppError {
  const { code, reason, target, detail, facts, retryAfterSeconds } = failure;
  return new AppError(code, {
    reason: knownReason(code, reason),
    target,
    detail,
    facts: { ...facts, ...withoutUndefined({ retryAfterSeconds }) },
  });
}

/** The same error with additional facts for its steps; its own facts take precedence. */
export function withFacts(error: unknown, facts: Facts): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, reason, target, detail, cause } = error;
  return new AppError(code, { reason, target, detail, cause, facts: { ...facts, ...error.facts } });
}

/** The value of an outcome; throws a failure for the HTTP layer to render. */
export function valueOf<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  throw errorOf(outcome.failure);
}

/** The refusal of one member of a request. */
export function invalidMember(target: string, problem: string): AppError {
  return new AppError("InvalidRequestContent", { target, detail: `${target}: ${problem}` });
}
