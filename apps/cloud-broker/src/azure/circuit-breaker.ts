import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
} from "cockatiel";

import { failed } from "../core/failed.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { VAULT_CIRCUIT } from "../load/limits.ts";

/**
 * The circuit of one vault: after several calls without an answer in time, its calls fail at once,
 * and now and then one is tried.
 *
 * Each call to a dead vault would hold a place for ten seconds, and so would its caller's request.
 * Only missing answers open the circuit: any answer, also a refusal, comes quickly.
 */
export function createVaultCircuit(limits = VAULT_CIRCUIT) {
  let last: Failure = { code: "KeyVaultUnreachable", reason: "timeout" };
  let openedAtMs = 0;
  const createPolicy = () => {
    const made: CircuitBreakerPolicy = circuitBreaker(
      handleWhenResult((outcome) => {
        const silence = silenceIn(outcome);
        if (silence !== undefined) last = silence;
        return silence !== undefined;
      }).orWhen((error) => error instanceof NotCalled && made.state === CircuitState.HalfOpen),
      { halfOpenAfter: limits.tryAgainAfterMs, breaker: new ConsecutiveBreaker(limits.silences) },
    );
    made.onBreak(() => {
      openedAtMs = Date.now();
    });
    return made;
  };
  let policy = createPolicy();
  return async <Value>(run: () => Promise<Outcome<Value>>): Promise<Outcome<Value>> => {
    // The library measures by this clock: set back by an hour, it would stay open for an hour.
    if (Date.now() < openedAtMs) {
      openedAtMs = 0;
      policy = createPolicy();
    }
    let outcome: Outcome<Value> | undefined;
    try {
      return await policy.execute(async () => {
        outcome = await run();
        if (!outcome.ok && outcome.failure.code === "BrokerBusy") throw new NotCalled();
        return outcome;
      });
    } catch (error) {
      if (error instanceof NotCalled && outcome !== undefined) return outcome;
      if (!(error instanceof BrokenCircuitError)) throw error;
      const leftMs = openedAtMs + limits.tryAgainAfterMs - Date.now();
      const retryAfterSeconds = Math.max(1, Math.ceil(leftMs / 1000));
      const detail = `Key Vault: no answer to several calls, called again in ${String(retryAfterSeconds)} s`;
      return failed({ ...last, detail, retryAfterSeconds });
    }
  };
}

/**
 * A call that found no place among those that hang says nothing about the vault. As an answer, it
 * would keep the circuit of a dead vault closed whenever many calls wait for it, or close it if it
 * was the one that tries.
 */
class NotCalled extends Error {
  override readonly name = "NotCalled";
}

/** The library returns every result as unknown. */
function silenceIn(outcome: unknown): Failure | undefined {
  if (!isOutcome(outcome) || outcome.ok) return undefined;
  const { failure } = outcome;
  const isSilence = failure.code === "KeyVaultUnreachable" && failure.reason === "timeout";
  return isSilence ? failure : undefined;
}

const isOutcome = (value: unknown): value is Outcome<unknown> =>
  typeof value === "object" && value !== null && "ok" in value;
