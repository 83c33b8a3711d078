import { AsyncLocalStorage } from "node:async_hooks";

import type { AuditStep, KeyVaults, Outcome } from "../core/ports.ts";
import type { Spans } from "../http/spans.ts";
import { awayFromWork } from "../load/admission.ts";
import type { VaultCall } from "./metrics.ts";

type Trace = {
  readonly startedMs: number;
  readonly steps: AuditStep[];
  readonly correlationId: string | undefined;
};

const current = new AsyncLocalStorage<Trace>();

/**
 * Notes what is done for one message, so that its audit row can tell it. By AsyncLocalStorage, as the vault calls happen
 * five functions below: OpenTelemetry's context manager, which was looked at, does the same and brings an SDK with it.
 */
export function withTrace<Value>(
  run: () => Promise<Value>,
  correlationId?: string,
): Promise<Value> {
  return current.run(
    { startedMs: performance.now(), steps: [{ name: "received", afterMs: 0 }], correlationId },
    run,
  );
}

/** Of the message that is being answered; undefined outside of one. */
export function tracedCorrelationId(): string | undefined {
  return current.getStore()?.correlationId;
}

/** For what a message only sets going: it is no step of it. */
export function outsideTrace<Value>(run: () => Promise<Value>): Promise<Value> {
  return current.exit(run);
}

/** The step that has just been done. Without a trace nothing is noted. */
export function markStep(name: string): void {
  const trace = current.getStore();
  trace?.steps.push({ name, afterMs: tenth(performance.now() - trace.startedMs) });
}

/** What was noted until now, to be stored; read it before a transaction that others may run. */
export function stepsSoFar(): { readonly steps?: readonly AuditStep[] } {
  const trace = current.getStore();
  if (trace === undefined) return {};
  const record = { name: "record", afterMs: tenth(performance.now() - trace.startedMs) };
  return { steps: [...trace.steps, record] };
}

/**
 * The same vaults; each call is a step of whatever message it is made for.
 *
 * @param called - told of every call, within a message or not
 */
export function traceVaults(
  vaults: KeyVaults,
  spans: Spans,
  called: (call: VaultCall) => void,
): KeyVaults {
  const noted = createNote(spans, called);
  return {
    signIn: (identity) => noted("sign-in", () => vaults.signIn(identity)),
    getKey: (identity, key) => noted("get-key", () => vaults.getKey(identity, key)),
    getDeletedKey: (identity, key) =>
      noted("get-deleted-key", () => vaults.getDeletedKey(identity, key)),
    wrapKey: (identity, kid, contentKey) =>
      noted("wrap", () => vaults.wrapKey(identity, kid, contentKey)),
    unwrapKey: (identity, kid, encryptedKey) =>
      noted("unwrap", () => vaults.unwrapKey(identity, kid, encryptedKey)),
  };
}

const createNote =
  (spans: Spans, called: (call: VaultCall) => void) =>
  async <Value>(name: string, call: () => Promise<Outcome<Value>>): Promise<Outcome<Value>> => {
    const trace = current.getStore();
    const beganMs = performance.now();
    const outcome = await awayFromWork("vault", () => spans.ofVaultCall(name, call, codeOf));
    const elapsedMs = performance.now() - beganMs;
    called({ operation: name, code: outcome.ok ? "" : outcome.failure.code, elapsedMs });
    if (trace === undefined) return outcome;
    const vaultRequestId = outcome.ok ? requestIdOf(outcome.value) : outcome.failure.vaultRequestId;
    trace.steps.push({
      name,
      afterMs: tenth(beganMs - trace.startedMs),
      elapsedMs: tenth(elapsedMs),
      ...(outcome.ok ? {} : { code: outcome.failure.code }),
      ...(vaultRequestId === undefined ? {} : { vaultRequestId }),
    });
    return outcome;
  };

const codeOf = (outcome: Outcome<unknown>): string | undefined =>
  outcome.ok ? undefined : outcome.failure.code;

function requestIdOf(value: unknown): string | undefined {
  return typeof value === "object" &&
    value !== null &&
    "vaultRequestId" in value &&
    typeof value.vaultRequestId === "string"
    ? value.vaultRequestId
    : undefined;
}

function tenth(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
