import { isDeepStrictEqual } from "node:util";

import type { RateLimit } from "@databox-cmk/http";

import { verdictOfFailure } from "../../core/key-health.ts";
import { LeastRecentlyUsed } from "../../core/least-recently-used.ts";
import type { EpochMs, KeyChoice, OrderId } from "../../core/order.ts";
import type { KeySubject, Outcome } from "../../core/ports.ts";
import { loadCurrentKey } from "../../custody/current-key.ts";
import type { KeyListener } from "../../custody/custody-dependencies.ts";
import { readHealth } from "../../custody/stored-health.ts";
import { outsideTrace } from "../../observability/trace.ts";
import type { StoreTransaction } from "../../store/store.ts";
import { claimDueKeys, checkAt } from "./claim-due-keys.ts";
import {
  loadWatchedKey,
  lookAtKeys,
  type LookDependencies,
  noteFailedUse,
  sameKeyOf,
  vaultOf,
  type WatchedKey,
} from "./look-at-keys.ts";

const SILENT_VAULT_SECONDS = 60;
const REMEMBERED_ORDERS = 100_000;

export type KeyHealthDependencies = LookDependencies & {
  /** 0: a key is checked only when it is used or changed. */
  readonly intervalSeconds: number;
  /** Limits the checks of one vault's keys. */
  readonly limit: RateLimit;
  readonly random: () => number;
  /** Receives a failed check that the key's owner cannot repair. */
  readonly failed: (error: unknown) => void;
};

export type KeyHealthWatch = {
  /** Checks every key that is due. */
  watch(): Promise<void>;
  /**
   * Checks one order's key at a person's request. Does nothing while the vault's budget is used up.
   */
  checkNow(order: OrderId): Promise<void>;
  /** @param options.lookAfterChange - false: a changed key is checked when its turn comes */
  listener(options: { readonly lookAfterChange: boolean }): KeyListener;
  /** Resolves when the background work is done. */
  idle(): Promise<void>;
};

export function createKeyHealth(deps: KeyHealthDependencies): KeyHealthWatch {
  const { store, now, limit } = deps;
  const intervalMs = deps.intervalSeconds * 1000;
  const running = new Set<Promise<void>>();
  /** Orders whose key was not unusable when this process last read it. */
  const fit = new LeastRecentlyUsed<OrderId, true>(REMEMBERED_ORDERS);

  /** Never rejects, and no device waits for it. */
  function inBackground(work: () => Promise<void>): void {
    const promise = outsideTrace(work)
      .catch(deps.failed)
      .finally(() => running.delete(promise));
    running.add(promise);
  }

  async function look(order: OrderId): Promise<void> {
    fit.delete(order);
    const key = await loadWatchedKey(deps, order);
    if (key !== undefined) await lookAtKeys(deps, [key]);
  }

  /**
   * One vault's keys, one after another within its budget; a vault that does not answer is skipped
   * for a while.
   */
  async function lookAtVault(vault: string, keys: readonly WatchedKey[]): Promise<void> {
    const groups = [...Map.groupBy(keys, sameKeyOf).values()];
    for (const [index, group] of groups.entries()) {
      const waitSeconds = limit(vault);
      const hasAnswered = waitSeconds === undefined && (await lookAtKeys(deps, group));
      if (hasAnswered) continue;
      const left = groups.slice(waitSeconds === undefined ? index + 1 : index).flat();
      const untilMs = now() + (waitSeconds ?? SILENT_VAULT_SECONDS) * 1000;
      await checkAt(store, left, untilMs);
      return;
    }
  }

  /**
   * The checks of a candidate are stricter than a use of the current key. So if the candidate is
   * that key, a result that contradicts the known state causes a check of the key. An outage
   * contradicts nothing, and a check would only add calls to a vault that does not answer.
   */
  async function noteValidation(
    { order }: KeySubject,
    candidate: KeyChoice,
    outcome: Outcome<unknown>,
  ): Promise<void> {
    if (!outcome.ok && verdictOfFailure(outcome.failure).state === "inconclusive") return;
    const current = await loadCurrentKey(store, order);
    if (current === undefined || !isDeepStrictEqual(current.choice, candidate)) return;
    const known = await readHealth(store, order);
    if (known !== undefined && (known.health.state === "unusable") === outcome.ok)
      await look(order);
  }

  /** A successful use shows that a key works again, or its vault; a check finds the rest. */
  async function noteUse(
    order: OrderId,
    outcome: Outcome<unknown>,
    usedAtMs: EpochMs,
  ): Promise<void> {
    if (!outcome.ok) {
      await noteFailedUse(deps, order, outcome.failure, usedAtMs);
      return;
    }
    const known = await readHealth(store, order);
    if (known?.health.state === "unusable" || known?.inconclusive !== undefined) await look(order);
    else fit.set(order, true);
  }

  /** The most frequent case, a healthy key that stays healthy, costs nothing. */
  function used(order: OrderId, outcome: Outcome<unknown>): void {
    if (outcome.ok && fit.get(order) === true) return;
    fit.delete(order);
    const usedAtMs = now();
    inBackground(() => noteUse(order, outcome, usedAtMs));
  }

  return {
    async checkNow(order) {
      const key = await loadWatchedKey(deps, order);
      if (key === undefined || limit(vaultOf(key)) !== undefined) return;
      fit.delete(order);
      await lookAtKeys(deps, [key]);
    },
    async watch() {
      if (intervalMs === 0) return;
      const orders = await claimDueKeys(store, { now, random: deps.random, intervalMs });
      const loaded = await Promise.all(orders.map((order) => loadWatchedKey(deps, order)));
      const keys = loaded.filter((key) => key !== undefined);
      for (const { order } of keys) fit.delete(order);
      const vaults = [...Map.groupBy(keys, vaultOf)];
      await Promise.all(vaults.map(([vault, itsKeys]) => lookAtVault(vault, itsKeys)));
    },
    listener: ({ lookAfterChange }) => ({
      used,
      validated: (subject, candidate, outcome) =>
        inBackground(() => noteValidation(subject, candidate, outcome)),
      changing: (transaction, order, choice) =>
        watchFrom(transaction, order, choice, now() + (lookAfterChange ? 0 : intervalMs)),
      async changed(order, { kekType }) {
        if (lookAfterChange && kekType === "CustomerManaged")
          await outsideTrace(() => look(order)).catch(deps.failed);
      },
    }),
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** In the transaction of the change: a current key is never without a watch. */
async function watchFrom(
  transaction: StoreTransaction,
  order: OrderId,
  choice: KeyChoice,
  atMs: number,
): Promise<void> {
  if (choice.kekType === "MicrosoftManaged") {
    await transaction.deleteFrom("key_health").where("order_id", "=", order).execute();
    return;
  }
  await transaction
    .insertInto("key_health")
    .values({
      order_id: order,
      state: "unknown",
      code: null,
      reason: null,
      facts_json: "{}",
      risks_json: "[]",
      kid: null,
      recoverable_days: null,
      checked_at_ms: null,
      changed_at_ms: atMs,
      inconclusive_code: null,
      inconclusive_at_ms: null,
      next_check_at_ms: atMs,
    })
    .onConflict((conflict) => conflict.column("order_id").doUpdateSet({ next_check_at_ms: atMs }))
    .execute();
}
