import { AsyncLocalStorage } from "node:async_hooks";

import type { KeyIdentity } from "../core/order.ts";
import type { AuditStep, KeyVaults, Outcome } from "../core/ports.ts";
import type { Spans } from "../http/spans.ts";
import type { VaultCall } from "./metrics.ts";

type Trace = {
  readonly startedMs: number;
  readonly steps: AuditStep[];
  /** Ids of the successful calls of customers' vaults. */
  readonly vaultCalls: string[];
};

const current = new AsyncLocalStorage<Trace | undefined>();
const callIds = new AsyncLocalStorage<() => string | undefined>();

/** The id under which the vault shall log the request that is sent now; undefined: any. */
export const nextCallId = (): string | undefined => callIds.getStore()?.();

/** Records the steps of one message for its audit row; its vault calls happen far below. */
export function withTrace<Value>(run: () => Promise<Value>): Promise<Value> {
  const steps = [{ name: "received", afterMs: 0 }];
  return current.run({ startedMs: performance.now(), steps, vaultCalls: [] }, run);
}

/**
 * Reads, when a row is written, which calls of the customer's vaults its message has made. The
 * transaction may be shared with other messages, so this is called before it.
 */
export function readVaultCalls(): () => { readonly vaultRequestIds?: readonly string[] } {
  const calls = current.getStore()?.vaultCalls ?? [];
  return () => (calls.length === 0 ? {} : { vaultRequestIds: [...calls] });
}

/**
 * For work that a message starts without waiting for it: its calls are not steps of the message.
 */
export function outsideTrace<Value>(run: () => Promise<Value>): Promise<Value> {
  return current.run(undefined, run);
}

/** Records that a step is done. Without a trace this does nothing. */
export function markStep(name: string): void {
  const trace = current.getStore();
  trace?.steps.push({ name, afterMs: tenth(performance.now() - trace.startedMs) });
}

/**
 * The steps so far, to be stored; read them before a transaction that may be shared with others.
 */
export function stepsSoFar(): { readonly steps?: readonly AuditStep[] } {
  const trace = current.getStore();
  if (trace === undefined) return {};
  const record = { name: "record", afterMs: tenth(performance.now() - trace.startedMs) };
  return { steps: [...trace.steps, record] };
}

/**
 * The same vaults; each call becomes a step of the message that it is made for.
 *
 * @param called - receives every call, also outside of a message
 * @param nextId - the id of the next request by an identity; undefined: any
 */
export function traceVaults(
  vaults: KeyVaults,
  spans: Spans,
  called: (call: VaultCall, identity: KeyIdentity) => void,
  nextId: (identity: KeyIdentity) => string | undefined,
): KeyVaults {
  const noted = createNote(spans, called, nextId);
  return {
    signIn: (identity) => noted("sign-in", identity, () => vaults.signIn(identity)),
    getKey: (identity, key) => noted("get-key", identity, () => vaults.getKey(identity, key)),
    getDeletedKey: (identity, key) =>
      noted("get-deleted-key", identity, () => vaults.getDeletedKey(identity, key)),
    wrapKey: (identity, kid, contentKey) =>
      noted("wrap", identity, () => vaults.wrapKey(identity, kid, contentKey)),
    unwrapKey: (identity, kid, encryptedKey) =>
      noted("unwrap", identity, () => vaults.unwrapKey(identity, kid, encryptedKey)),
  };
}

const createNote =
  (
    spans: Spans,
    called: (call: VaultCall, identity: KeyIdentity) => void,
    nextId: (identity: KeyIdentity) => string | undefined,
  ) =>
  async <Value>(
    name: string,
    identity: KeyIdentity,
    call: () => Promise<Outcome<Value>>,
  ): Promise<Outcome<Value>> => {
    const trace = current.getStore();
    const beganMs = performance.now();
    const outcome = await callIds.run(
      () => nextId(identity),
      () => spans.ofVaultCall(name, call, codeOf),
    );
    const elapsedMs = performance.now() - beganMs;
    called({ operation: name, code: outcome.ok ? "" : outcome.failure.code, elapsedMs }, identity);
    if (trace === undefined) return outcome;
    const vaultRequestId = outcome.ok ? requestIdOf(outcome.value) : outcome.failure.vaultRequestId;
    trace.steps.push({
      name,
      afterMs: tenth(beganMs - trace.startedMs),
      elapsedMs: tenth(elapsedMs),
      code: outcome.ok ? undefined : outcome.failure.code,
      vaultRequestId,
    });
    if (outcome.ok && vaultRequestId !== undefined && identity.kind === "order")
      trace.vaultCalls.push(vaultRequestId);
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
