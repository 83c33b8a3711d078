import { randomBytes } from "node:crypto";

import { zero } from "@databox-cmk/crypto";
import { ERRORS } from "@databox-cmk/errors";

import { decideKeyHealth, fingerprint, verdictOfFailure } from "../../core/key-health.ts";
import { decideKeyUse } from "../../core/key-rules.ts";
import type { EpochMs, KeyUrl, OrderId } from "../../core/order.ts";
import type { Failure, KeyFacts, Outcome } from "../../core/ports.ts";
import { expectedEndMs } from "../../core/stages.ts";
import { type CurrentKey, loadCurrentKey } from "../../custody/current-key.ts";
import type { VaultAccess } from "../../custody/key-reader.ts";
import { readHealth } from "../../custody/stored-health.ts";
import {
  atVersion,
  type KnownKeys,
  type UsableKey,
  usableKeyOf,
} from "../../custody/usable-key.ts";
import { wrapContentKey } from "../../custody/wrap-content-key.ts";
import { recordHealth, type RecordDependencies } from "./record-health.ts";

const SAMPLE_BYTES = 32;
const REPEATED_WITHIN_MS = 60_000;

export type LookDependencies = RecordDependencies & VaultAccess & KnownKeys;

/** A live order with its key, if the key has a usable address. */
export type WatchedKey = {
  readonly order: OrderId;
  readonly current: CurrentKey;
  /** Set if the last use of the key failed: the mark of that state. */
  readonly doubt: string | undefined;
  readonly expectedEndMs: number;
  readonly usable: Outcome<UsableKey>;
  /** Its newest version, if the order follows it and the last poll did not get it. */
  readonly newest?: UsableKey | undefined;
};

/**
 * The order's current key; undefined for an order that is gone, has ended, or uses the service's
 * own key.
 */
export async function loadWatchedKey(
  deps: KnownKeys & Pick<LookDependencies, "store">,
  order: OrderId,
): Promise<WatchedKey | undefined> {
  const current = await loadCurrentKey(deps.store, order);
  if (current?.choice.kekType !== "CustomerManaged") return undefined;
  const stage = await deps.store
    .selectFrom("orders")
    .innerJoin("order_stages", (join) =>
      join
        .onRef("order_stages.order_id", "=", "orders.id")
        .onRef("order_stages.stage", "=", "orders.stage"),
    )
    .innerJoin("order_keys", "order_keys.order_id", "orders.id")
    .leftJoin("key_polls", (join) =>
      join
        .onRef("key_polls.key_address", "=", "order_keys.key_address")
        .on("order_keys.follows_newest", "=", 1),
    )
    .leftJoin("primary_standings", "primary_standings.order_id", "orders.id")
    .select([
      "orders.stage",
      "primary_standings.mark",
      "order_stages.entered_at_ms",
      "order_keys.kid",
      "key_polls.failure_json",
    ])
    .where("orders.id", "=", order)
    .executeTakeFirst();
  if (stage === undefined) return undefined;
  const chosen = usableKeyOf(deps, current, current.identities, current.choice);
  // The version that envelopes are wrapped to, which may be older than a versionless address's
  // newest.
  const usable =
    chosen.ok && stage.kid !== null
      ? atVersion(chosen.value, stage.kid, deps.keyVaultSuffixes)
      : chosen;
  return {
    order,
    current,
    doubt: stage.mark ?? undefined,
    expectedEndMs: expectedEndMs(stage.stage, stage.entered_at_ms),
    usable,
    newest: chosen.ok && stage.failure_json !== null ? chosen.value : undefined,
  };
}

/**
 * One Get for all orders that share identity and key; each is judged by its own stage.
 *
 * @returns whether there was an authoritative answer
 */
export async function lookAtKeys(
  deps: LookDependencies,
  keys: readonly WatchedKey[],
): Promise<boolean> {
  const [first] = keys;
  if (first === undefined) return true;
  const sinceMs = deps.now();
  const got = first.usable.ok ? await tryKey(deps, first.usable.value) : first.usable;
  const behind = keys.find(({ newest }) => newest !== undefined)?.newest;
  const newest = got.ok && behind !== undefined ? await deps.reader.readUsable(behind) : undefined;
  for (const key of keys)
    await note(deps, key, got, key.newest === undefined ? undefined : newest, sinceMs);
  return got.ok || verdictOfFailure(got.failure).state !== "inconclusive";
}

/**
 * Get shows the key's attributes; only wrapping and unwrapping random bytes shows whether the
 * identity may use it.
 */
async function tryKey(
  deps: VaultAccess & Pick<LookDependencies, "now">,
  usable: UsableKey,
): Promise<Outcome<KeyFacts>> {
  const got = await deps.reader.read(usable);
  if (!got.ok || decideKeyUse(got.value, deps.now()) !== undefined) return got;
  const sample = randomBytes(SAMPLE_BYTES);
  try {
    const wrapped = await wrapContentKey(deps, usable, got.value.kid, sample);
    return wrapped.ok ? got : wrapped;
  } finally {
    zero(sample);
  }
}

async function note(
  deps: LookDependencies,
  { order, current, doubt, expectedEndMs: endMs }: WatchedKey,
  got: Outcome<KeyFacts>,
  newest: Outcome<unknown> | undefined,
  sinceMs: EpochMs,
): Promise<void> {
  const recoverableDays = got.ok ? got.value.recoverableDays : undefined;
  await recordHealth(deps, {
    order,
    revision: current.revision,
    doubt,
    sinceMs,
    verdict: decideKeyHealth(got, deps.now(), endMs, newest),
    kid: got.ok ? got.value.kid : undefined,
    recoverableDays,
  });
}

/**
 * A use of the key that failed also counts as a health check: a refusal, or an outage, which is
 * noted as inconclusive. Repeats are ignored for a minute. The broker's own faults say nothing
 * about the key.
 */
export async function noteFailedUse(
  deps: LookDependencies,
  order: OrderId,
  failure: Failure,
  sinceMs: EpochMs,
): Promise<void> {
  const verdict = verdictOfFailure(failure);
  const isOutage = verdict.state === "inconclusive";
  if (isOutage && (ERRORS[failure.code].class !== "unreachable" || failure.code === "BrokerBusy"))
    return;
  const known = await readHealth(deps.store, order);
  if (known === undefined) return;
  const { inconclusive, health } = known;
  const notedAtMs = (isOutage ? inconclusive?.atMs : known.checkedAtMs) ?? 0;
  const isSame = isOutage
    ? inconclusive?.code === verdict.code
    : fingerprint(health) === fingerprint(verdict);
  if (isSame && deps.now() - notedAtMs < REPEATED_WITHIN_MS) return;
  const current = await loadCurrentKey(deps.store, order);
  if (current?.choice.kekType !== "CustomerManaged") return;
  await recordHealth(deps, { order, revision: current.revision, sinceMs, verdict });
}

/** Orders that share one Get: the same principal uses the same version. */
export function sameKeyOf({ order, usable }: WatchedKey): string {
  if (!usable.ok) return order;
  const { identity, key } = usable.value;
  const principal = identity.kind === "order" ? `${identity.tenantId} ${identity.clientId}` : "";
  return `${principal} ${addressOf(key)}`;
}

/** Vaults are checked concurrently, and one that does not answer delays only its own keys. */
export function vaultOf({ order, usable }: WatchedKey): string {
  return usable.ok ? usable.value.key.vaultUrl : order;
}

function addressOf({ vaultUrl, keyName, version = "" }: KeyUrl): string {
  return `${vaultUrl}/${keyName}/${version}`;
}
