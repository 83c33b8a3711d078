import { nextPollMs } from "../../core/decide-key-poll.ts";
import { failed } from "../../core/failed.ts";
import { parseFailureJson, renderFailureJson } from "../../core/failure-json.ts";
import type { OrderId } from "../../core/order.ts";
import type { Clock, Failure, Outcome } from "../../core/ports.ts";
import { isTerminalStage } from "../../core/stages.ts";
import type { KeyChecks } from "../../custody/key-custody.ts";
import { claimDue } from "../../store/claim-due.ts";
import type { Store } from "../../store/store.ts";
import { checkFollowers } from "../health/claim-due-keys.ts";

export type PollDependencies = {
  readonly store: Store;
  readonly custody: Pick<KeyChecks, "newestVersion">;
  readonly now: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** 0: no polls. */
  readonly intervalSeconds: number;
  /** Puts a version in force for these orders, later and within the vault's budget. */
  readonly rotate: (keyAddress: string, orders: readonly OrderId[]) => Promise<void>;
};

/** Bounds one round; the rest is due in the next. */
const ROUND_MAX = 100;
/**
 * One order's identity may have lost its access; another order's identity can still read the key.
 */
const ORDERS_ASKED = 3;

/**
 * Polls every followed key that is due.
 *
 * @returns how many keys it polled
 */
export async function pollKeys(deps: PollDependencies): Promise<number> {
  if (deps.intervalSeconds === 0) return 0;
  for (let asked = 0; asked < ROUND_MAX; asked += 1) {
    const claimed = await claimNext(deps);
    if (claimed === undefined) return asked;
    if (claimed.followers.length > 0) await pollKey(deps, claimed);
  }
  return ROUND_MAX;
}

type Follower = { readonly order: OrderId; readonly kid: string | null };
type Claimed = {
  readonly address: string;
  readonly failure: Failure | undefined;
  readonly followers: readonly Follower[];
};

/**
 * One at a time, so that a crash puts off one key and not a round. The row of a key without
 * followers is deleted in the same transaction: an order that chooses the key waits for its end,
 * and creates the row again (custody/change-key.ts).
 */
async function claimNext(deps: PollDependencies): Promise<Claimed | undefined> {
  let followers: readonly Follower[] = [];
  const [claimed] = await claimDue(
    deps.store,
    "key_polls",
    (transaction) =>
      transaction
        .selectFrom("key_polls")
        .select(["key_address", "failure_json"])
        .where("due_at_ms", "<=", deps.now())
        .orderBy("due_at_ms")
        .limit(1),
    (transaction, { key_address: address }) => ({
      async execute() {
        followers = await findFollowers(transaction, address);
        const claim =
          followers.length === 0
            ? transaction.deleteFrom("key_polls").where("key_address", "=", address)
            : transaction
                .updateTable("key_polls")
                .set({ due_at_ms: nextPollMs(deps.now(), deps.intervalSeconds, deps.random()) })
                .where("key_address", "=", address);
        await claim.execute();
      },
    }),
  );
  if (claimed === undefined) return undefined;
  const { key_address: address, failure_json: failure } = claimed;
  return { address, failure: parseFailureJson(failure), followers };
}

async function pollKey(deps: PollDependencies, claimed: Claimed): Promise<void> {
  const { address, followers } = claimed;
  const newest = await askSome(deps, followers);
  await note(deps, claimed, newest);
  if (!newest.ok) return;
  const behind = followers.filter(({ kid }) => kid !== null && kid !== newest.value.kid);
  if (behind.length > 0)
    await deps.rotate(
      address,
      behind.map(({ order }) => order),
    );
}

async function findFollowers(store: Store, address: string): Promise<readonly Follower[]> {
  const rows = await store
    .selectFrom("order_keys")
    .innerJoin("orders", "orders.id", "order_keys.order_id")
    .select(["order_keys.order_id", "order_keys.kid", "orders.stage"])
    .where("order_keys.key_address", "=", address)
    .where("order_keys.follows_newest", "=", 1)
    .orderBy("order_keys.order_id")
    .execute();
  return rows
    .filter(({ stage }) => !isTerminalStage(stage))
    .map(({ order_id: order, kid }) => ({
      order,
      kid,
    }));
}

/** The first answer that is a key; otherwise the answer that the first order got. */
async function askSome(
  { custody }: Pick<PollDependencies, "custody">,
  followers: readonly Follower[],
): Promise<Outcome<{ readonly kid: string }>> {
  let refused: Outcome<never> | undefined;
  for (const { order } of followers.slice(0, ORDERS_ASKED)) {
    const newest = await custody.newestVersion(order);
    if (newest.ok) return newest;
    refused ??= newest;
  }
  return refused ?? failed({ code: "ResourceNotFound" });
}

async function note(
  { store, now }: Pick<PollDependencies, "store" | "now">,
  { address, failure: before }: Claimed,
  newest: Outcome<{ readonly kid: string }>,
): Promise<void> {
  await store
    .updateTable("key_polls")
    .set({
      checked_at_ms: now(),
      failure_json: newest.ok ? null : renderFailureJson(ofTheNewest(newest.failure)),
      newest_kid: newest.ok ? newest.value.kid : undefined,
    })
    .where("key_address", "=", address)
    .execute();
  const after = newest.ok ? undefined : newest.failure;
  if (before?.code !== after?.code || before?.reason !== after?.reason)
    await checkFollowers(store, address, now());
}

/** The current key is unaffected; a reader must not think that unlocking fails. */
function ofTheNewest(failure: Failure): Failure {
  const detail = `the newest version is not activated, and the current one stays in use${failure.detail === undefined ? "" : ` (${failure.detail})`}`;
  return { ...failure, detail };
}
