import { setTimeout } from "node:timers/promises";

import { classifyNetworkFailure } from "../core/classify-network-failure.ts";
import { classifyVaultAnswer, readVaultAnswer } from "../core/classify-vault-answer.ts";
import { failed } from "../core/failed.ts";
import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { KeyIdentity } from "../core/order.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { retryDelayMs } from "../core/retry-delay.ts";
import { suspendSlot } from "../load/admission.ts";
import { type Priority, currentPriority } from "../load/priority.ts";
import { createBulkhead } from "./bulkhead.ts";
import { createVaultCircuit } from "./circuit-breaker.ts";
import { type LatestExchange, observe, TokenFailure } from "./exchange.ts";
import { CALL_TIMEOUT_MS, codeOf } from "./transport.ts";
import type { VaultBudget } from "./vault-budget.ts";

const MAX_VAULTS = 1000;

export type SeenAnswer<Value> = {
  readonly value: Value;
  readonly vaultRequestId?: string | undefined;
  readonly vaultRegion?: string | undefined;
};
/** One call of the SDK, which ends by the signal. */
export type SdkCall<Value> = (options: { readonly abortSignal: AbortSignal }) => Promise<Value>;
export type CallVault = ReturnType<typeof createCallVault>;

/** Rejects when the signal ends the wait. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;
export const sleepByTimer: Sleep = (milliseconds, signal) =>
  setTimeout(milliseconds, undefined, { signal });

/**
 * Runs SDK calls: each within its vault's circuit and bulkhead and one time limit for all attempts;
 * its failure is named by the HTTP exchange.
 */
export function createCallVault(deps: {
  /**
   * Whether another name than the vault's resolves; if it does not, DNS says nothing about a vault.
   */
  readonly controlNameResolves: () => Promise<boolean>;
  /** Drops the tokens and clients of an identity whose token was refused. */
  readonly forget: (identity: KeyIdentity) => void;
  readonly budget: VaultBudget;
  readonly random: () => number;
  readonly sleep: Sleep;
}) {
  type Guards = {
    readonly inCircuit: ReturnType<typeof createVaultCircuit>;
    readonly enter: ReturnType<typeof createBulkhead>;
  };
  const guards = new LeastRecentlyUsed<string, Guards>(MAX_VAULTS);

  /**
   * Work that can wait does so until the vault's budget has room for it; other work is only
   * counted.
   */
  async function pace(vaultUrl: string, weight: number, priority: Priority): Promise<void> {
    if (priority !== "re-wrap") {
      deps.budget.spend(vaultUrl, weight);
      return;
    }
    const waitMs = deps.budget.reserve(vaultUrl, weight);
    if (waitMs > 0) await setTimeout(waitMs);
  }

  async function nameFailure(
    error: unknown,
    exchange: LatestExchange | undefined,
  ): Promise<Failure> {
    if (error instanceof TokenFailure) return error.failure;
    if (exchange?.kind === "answer") {
      const requestId = exchange.requestId !== undefined && { vaultRequestId: exchange.requestId };
      return {
        ...classifyVaultAnswer(
          readVaultAnswer(exchange.status, exchange.body, exchange.retryAfterSeconds),
        ),
        ...requestId,
      };
    }
    const code = exchange?.code ?? codeOf(error);
    const failure = classifyNetworkFailure(code, "vault");
    return code === "ENOTFOUND" && (await deps.controlNameResolves())
      ? { ...failure, vaultNameUnknown: true }
      : failure;
  }

  /** @param weight - of the key (core/vault-capacity.ts) */
  return <Value>(identity: KeyIdentity, vaultUrl: string, call: SdkCall<Value>, weight = 1) => {
    // Calls of one tenant do not fill the places of another one's vault.
    const place = identity.kind === "order" ? `${identity.tenantId} ${vaultUrl}` : vaultUrl;
    const { inCircuit, enter } = guards.getOr(place, () => ({
      inCircuit: createVaultCircuit(),
      enter: createBulkhead(),
    }));
    return suspendSlot("vault", () =>
      inCircuit(() => tryCall({ identity, place, weight }, enter, call)),
    );
  };

  async function tryCall<Value>(
    { identity, place, weight }: { identity: KeyIdentity; place: string; weight: number },
    enter: Guards["enter"],
    call: SdkCall<Value>,
  ): Promise<Outcome<SeenAnswer<Value>>> {
    const priority = currentPriority();
    await pace(place, weight, priority);
    const overdue = new AbortController();
    // AbortSignal.timeout would keep its timer after each call, and then create an unused error.
    const timer = globalThis.setTimeout(() => overdue.abort(), CALL_TIMEOUT_MS);
    const abortSignal = overdue.signal;
    try {
      for (let attempt = 0; ; attempt += 1) {
        if (attempt > 0) deps.budget.spend(place, weight);
        const observed = await enter(() => observe(() => call({ abortSignal })), priority);
        if (observed === undefined) return failed({ code: "BrokerBusy", retryAfterSeconds: 5 });
        if (observed.ok) return { ok: true, value: seen(observed.value, observed.exchange) };
        const failure = await nameFailure(observed.error, observed.exchange);
        if (attempt === 0 && isTokenRefused(observed.error, observed.exchange)) {
          deps.forget(identity);
          continue;
        }
        const delayMs = retryDelayMs(failure, attempt, deps.random());
        if (delayMs === undefined || abortSignal.aborted) return failed(failure);
        try {
          await deps.sleep(delayMs, abortSignal);
        } catch {
          return failed(failure);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

/** After a complete challenge; a failed token request is a different failure. */
function isTokenRefused(error: unknown, exchange: LatestExchange | undefined): boolean {
  return !(error instanceof TokenFailure) && exchange?.kind === "answer" && exchange.status === 401;
}

function seen<Value>(value: Value, exchange: LatestExchange | undefined): SeenAnswer<Value> {
  if (exchange?.kind !== "answer") return { value };
  return { value, vaultRequestId: exchange.requestId, vaultRegion: exchange.vaultRegion };
}
