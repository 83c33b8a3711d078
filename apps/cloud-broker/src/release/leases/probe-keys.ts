import { ERRORS } from "@databox-cmk/errors";

import { decideProbe, nextProbeMs, type ProbeState } from "../../core/decide-probe.ts";
import { parseFailureJson, renderFailureJson } from "../../core/failure-json.ts";
import type { OrderId } from "../../core/order.ts";
import type { Clock, Outcome } from "../../core/ports.ts";
import { meaningOf } from "../../core/primary-standing.ts";
import { PROBES_AT_ONCE, probeStretch } from "../../core/vault-capacity.ts";
import type { KeyProbes } from "../../custody/key-custody.ts";
import { noteWithdrawn } from "../../custody/primary-standings.ts";
import { isProbed, type ReadProbeLoads } from "../../observability/probe-loads.ts";
import type { Store } from "../../store/store.ts";

export type ProbeRoundDependencies = {
  readonly store: Store;
  readonly custody: KeyProbes;
  readonly now: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly intervalSeconds: number;
  /** Where the probes of a vault's keys would take too much of it, they are made less often. */
  readonly loads: ReadProbeLoads;
  /** Ends a round early. */
  readonly isClosing: () => boolean;
  readonly readAtOnce?: number;
};

/** The query reads every live lease, some 30 µs each. */
const READ_AT_ONCE = 5_000;

type Target = {
  readonly identity: string;
  readonly kid: string;
  readonly order: OrderId;
  /** Whether the order has this key as a backup key. */
  readonly isBackup: boolean;
};

/**
 * Probes every due (identity, key version) that live leases depend on, until none is due: each
 * order may have an identity of its own, so there may be as many as open appliances.
 *
 * @returns how many were probed
 */
export async function probeKeys(dependencies: ProbeRoundDependencies): Promise<number> {
  const { isClosing, random, readAtOnce = READ_AT_ONCE } = dependencies;
  const loads = await dependencies.loads();
  let asked = 0;
  for (;;) {
    const due = await findDue(dependencies, readAtOnce);
    const targets = inRandomOrder(due, random).values();
    // A vault that is slow delays one of them, not all.
    const prober = async (): Promise<void> => {
      for (const target of targets) {
        if (isClosing()) return;
        const stretch = probeStretch(loads.get(new URL(target.kid).origin));
        if (await probeOnce(dependencies, target, stretch)) asked += 1;
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: PROBES_AT_ONCE }, prober));
    for (const each of ended) if (each.status === "rejected") throw each.reason;
    if (due.length < readAtOnce || isClosing()) return asked;
  }
}

/** Replicas that read the same keys at the same time begin with different ones. */
function inRandomOrder<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

/** Those that have waited longest; a key that was never probed comes first. */
async function findDue(
  { store, now }: Pick<ProbeRoundDependencies, "store" | "now">,
  atMost: number,
): Promise<readonly Target[]> {
  const nowMs = now();
  const rows = await store
    .selectFrom("lease_keys")
    .leftJoin("probes", (join) =>
      join
        .onRef("probes.identity", "=", "lease_keys.identity")
        .onRef("probes.kid", "=", "lease_keys.kid"),
    )
    .select((row) => [
      "lease_keys.identity",
      "lease_keys.kid",
      "lease_keys.is_backup",
      row.fn.min("lease_keys.order_id").as("order"),
    ])
    .where(isProbed(nowMs))
    .where((row) =>
      row.or([row("probes.due_at_ms", "is", null), row("probes.due_at_ms", "<=", nowMs)]),
    )
    .groupBy(["lease_keys.identity", "lease_keys.kid", "lease_keys.is_backup", "probes.due_at_ms"])
    .orderBy((row) => row.fn.coalesce("probes.due_at_ms", row.val(0)))
    .limit(atMost)
    .execute();
  return rows.map(({ order, is_backup: isBackup, ...key }) => ({
    ...key,
    isBackup: isBackup === 1,
    order,
  }));
}

/** @returns false when another replica does this probe */
async function probeOnce(
  dependencies: ProbeRoundDependencies,
  target: Target,
  stretch: number,
): Promise<boolean> {
  const { store, custody, now, random, intervalSeconds } = dependencies;
  const nextMs = nextProbeMs(now(), intervalSeconds * stretch, random());
  if (!(await claim(store, target, now(), nextMs))) return false;
  const { lastLease } = await store
    .selectFrom("leases")
    .select((lease) => lease.fn.max("number").as("lastLease"))
    .executeTakeFirstOrThrow();
  const outcome = target.isBackup
    ? await custody.probeBackup(target.order, target.kid)
    : await custody.probe(target.order, target.kid);
  await record(store, target, outcome, lastLease, now());
  return true;
}

/**
 * Not by `claimDue`, which locks the rows that it reads: PostgreSQL cannot lock groups of leases,
 * and a key's first probe has no row yet.
 *
 * @returns whether this process is the one to probe
 */
async function claim(
  store: Store,
  { identity, kid }: Target,
  nowMs: number,
  dueAtMs: number,
): Promise<boolean> {
  const taken = await store
    .insertInto("probes")
    .values({
      identity,
      kid,
      state: "unknown",
      failure_json: null,
      since_ms: null,
      checked_at_ms: null,
      due_at_ms: dueAtMs,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["identity", "kid"])
        .doUpdateSet({ due_at_ms: dueAtMs })
        .where("probes.due_at_ms", "<=", nowMs),
    )
    .executeTakeFirst();
  return taken.numInsertedOrUpdatedRows === 1n;
}

/**
 * Stores the result and, if it is a refusal, ends every lease that depends on the key, in one
 * commit. A lease that was granted after the probe began is kept, since its unlock used the key
 * later. So is a lease that a backup opened by a person's order since the current key was deleted.
 */
async function record(
  store: Store,
  { identity, kid, order }: Target,
  outcome: Outcome<undefined>,
  lastLease: number,
  nowMs: number,
): Promise<void> {
  const answer = outcome.ok
    ? undefined
    : { failure: outcome.failure, errorClass: ERRORS[outcome.failure.code].class };
  await store.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom("probes")
      .select(["state", "failure_json", "since_ms", "checked_at_ms"])
      .where("identity", "=", identity)
      .where("kid", "=", kid)
      .executeTakeFirstOrThrow();
    const next = decideProbe(readState(row), answer, nowMs);
    if (next.kind === "unknown") return;
    const failureJson = next.kind === "refused" ? renderFailureJson(next.failure) : null;
    await transaction
      .updateTable("probes")
      .set({
        state: next.kind,
        failure_json: failureJson,
        since_ms: next.sinceMs,
        checked_at_ms: next.checkedAtMs,
      })
      .where("identity", "=", identity)
      .where("kid", "=", kid)
      .execute();
    if (answer?.errorClass !== "refused") return;
    await noteWithdrawn(transaction, { identity, kid }, answer.failure, nowMs);
    const isGone = meaningOf(answer.failure) === "gone";
    await transaction
      .updateTable("leases")
      .set({ state: "refused", refusal_json: failureJson, refused_at_ms: nowMs })
      .where("state", "=", "live")
      .where("number", "<=", lastLease)
      // Found by an index: looking at the keys of every live lease takes long in a large fleet.
      .$if(identity !== "service", (lease) =>
        lease.where((holder) =>
          holder.or([
            holder("order_id", "=", order),
            holder(
              "order_id",
              "in",
              holder
                .selectFrom("order_identities")
                .select("order_identities.order_id")
                .where("order_identities.client_id", "=", identity),
            ),
          ]),
        ),
      )
      .where((lease) =>
        lease.exists(
          lease
            .selectFrom("lease_keys")
            .select("lease_keys.kid")
            .whereRef("lease_keys.lease_id", "=", "leases.id")
            .where("lease_keys.identity", "=", identity)
            .where("lease_keys.kid", "=", kid)
            .$if(isGone, (key) =>
              key.where((spared) =>
                spared.or([
                  spared("lease_keys.is_backup", "=", 1),
                  spared("leases.backup_key", "is", null),
                  spared.not(
                    spared.exists(
                      spared
                        .selectFrom("backup_uses")
                        .select("backup_uses.id")
                        .whereRef("backup_uses.order_id", "=", "leases.order_id")
                        .whereRef("backup_uses.name", "=", "leases.backup_key")
                        .where("backup_uses.ended_at_ms", "is", null)
                        .where("backup_uses.until_ms", ">", nowMs),
                    ),
                  ),
                ]),
              ),
            ),
        ),
      )
      .execute();
  });
}

function readState(row: {
  readonly state: ProbeState["kind"];
  readonly failure_json: string | null;
  readonly since_ms: number | null;
  readonly checked_at_ms: number | null;
}): ProbeState {
  const failure = parseFailureJson(row.failure_json);
  const { state: kind, since_ms: sinceMs, checked_at_ms: checkedAtMs } = row;
  if (sinceMs === null || checkedAtMs === null || kind === "unknown") return { kind: "unknown" };
  if (kind === "ok") return { kind, sinceMs, checkedAtMs };
  return { kind, sinceMs, checkedAtMs, failure: failure ?? { code: "UnlockRevoked" } };
}
