import { isDeepStrictEqual } from "node:util";

import { createRateLimit } from "@databox-cmk/http";

import { failed } from "../../core/failed.ts";
import { verdictOfFailure } from "../../core/key-health.ts";
import type { KeyChoice, OrderId } from "../../core/order.ts";
import type { KeySubject, Outcome } from "../../core/ports.ts";
import { loadCurrentKey } from "../../custody/current-key.ts";
import type { AlsoCommit, KeyCustody } from "../../custody/key-custody.ts";
import type { BackupUse } from "../../custody/open-by-backup.ts";
import { readHealth } from "../../custody/stored-health.ts";
import { outsideTrace } from "../../observability/trace.ts";
import { claimDueKeys, putOff } from "./claim-due-keys.ts";
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
  readonly perVaultPerMinute: number;
  readonly random: () => number;
  /** Receives a failed check that the key's owner cannot repair. */
  readonly failed: (error: unknown) => void;
};

type ObservedCustody = Pick<
  KeyCustody,
  "hold" | "validate" | "probe" | "revealPasskeys" | "change"
>;

export type KeyHealthWatch = {
  /** Checks every key that is due. */
  watch(): Promise<void>;
  /**
   * Checks one order's key at a person's request. Does nothing while the vault's budget is used up.
   */
  checkNow(order: OrderId): Promise<void>;
  /**
   * The same operations; each use, change and preflight of a key also counts as a check.
   *
   * @param options.lookAfterChange - false: a changed key is checked when its turn comes
   */
  observe(
    custody: ObservedCustody,
    options?: { readonly lookAfterChange: boolean },
  ): ObservedCustody;
  /** Resolves when the background work is done. */
  idle(): Promise<void>;
};

export function createKeyHealth(deps: KeyHealthDependencies): KeyHealthWatch {
  const { store, now } = deps;
  const intervalMs = deps.intervalSeconds * 1000;
  const limit = createRateLimit({
    tokensPerSecond: deps.perVaultPerMinute / 60,
    burst: deps.perVaultPerMinute,
    now,
  });
  const running = new Set<Promise<void>>();
  /** Orders whose key was not unusable when this process last read it. */
  const fit = new Set<OrderId>();

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
      await putOff(store, left, untilMs);
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
  async function noteUse(order: OrderId, outcome: Outcome<unknown>): Promise<void> {
    if (!outcome.ok) {
      await noteFailedUse(deps, order, outcome.failure);
      return;
    }
    const known = await readHealth(store, order);
    if (known?.health.state === "unusable" || known?.inconclusive !== undefined) await look(order);
    else rememberFit(order);
  }

  function rememberFit(order: OrderId): void {
    if (fit.size >= REMEMBERED_ORDERS) fit.clear();
    fit.add(order);
  }

  /**
   * The most frequent case, a healthy key that stays healthy, costs nothing.
   *
   * @param backup - replaced the current key, of which its own failure says more than the outcome
   */
  function afterUse(order: OrderId, outcome: Outcome<unknown>, backup?: BackupUse): void {
    if (outcome.ok && backup === undefined && fit.has(order)) return;
    fit.delete(order);
    inBackground(() => noteUse(order, backup === undefined ? outcome : failed(backup.failure)));
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
    observe(custody, { lookAfterChange } = { lookAfterChange: true }) {
      return {
        async hold(order, serial, at) {
          const held = await custody.hold(order, serial, at);
          if (!held.ok) return held;
          const { envelope, release } = held.value;
          return {
            ok: true,
            value: {
              envelope,
              async release(...how) {
                const outcome = await release(...how);
                afterUse(order, outcome, outcome.ok ? outcome.value.backup : undefined);
                return outcome;
              },
            },
          };
        },
        async validate(subject, candidate) {
          const validation = await custody.validate(subject, candidate);
          inBackground(() => noteValidation(subject, candidate, validation.outcome));
          return validation;
        },
        async probe(order, kid) {
          const outcome = await custody.probe(order, kid);
          afterUse(order, outcome);
          return outcome;
        },
        async revealPasskeys(order) {
          const outcome = await custody.revealPasskeys(order);
          const backup = outcome.ok ? outcome.value.find((each) => each.backup)?.backup : undefined;
          afterUse(order, outcome, backup);
          return outcome;
        },
        async change(subject, choice, actor, alsoCommit, correlationId) {
          const watched: AlsoCommit = async (transaction) => {
            await alsoCommit?.(transaction);
            const atMs = now() + (lookAfterChange ? 0 : intervalMs);
            await watchFrom(transaction, subject.order, choice, atMs);
          };
          const outcome = await custody.change(subject, choice, actor, watched, correlationId);
          if (lookAfterChange && outcome.ok && choice.kekType === "CustomerManaged")
            await outsideTrace(() => look(subject.order)).catch(deps.failed);
          return outcome;
        },
      };
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** In the transaction of the change: a current key is never without a watch. */
async function watchFrom(
  transaction: Parameters<AlsoCommit>[0],
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
