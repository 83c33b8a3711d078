// @module-tag one-engine

import { AsyncLocalStorage } from "node:async_hooks";

import { openPostgresLink, type PostgresServer, startPostgres } from "@databox-cmk/testkit";
import { CompiledQuery, sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { foldOrderId } from "../../src/core/order.ts";
import { takeChainHead } from "../../src/store/chain-head.ts";
import { compileWriteOnce } from "../../src/store/fast/compile-once.ts";
import { sendWithCommit } from "../../src/store/fast/send-at-once.ts";
import { createCommit } from "../../src/store/group-commit.ts";
import type { PostgresSettings } from "../../src/store/postgres/connection-settings.ts";
import { createPostgresStore } from "../../src/store/postgres/open-postgres.ts";
import { createShareCommits } from "../../src/store/postgres/share-commits.ts";
import type { Store } from "../../src/store/store.ts";
import type { Commit, Work } from "../../src/store/transactions.ts";
import { createTestDatabases, settingsOf } from "./test-databases.ts";

/** So that a busy machine makes no batch late; the tests of late ones use the broker's own limit. */
const PATIENCE_MS = 600_000;

let server: PostgresServer;
let databases: ReturnType<typeof createTestDatabases>;
let store: Store;
let commit: Commit;
const opened: Store[] = [];
let name = "";

beforeAll(async () => {
  server = await startPostgres();
  databases = createTestDatabases(server.url("postgres"));
});
afterAll(async () => {
  await databases.close();
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  name = await databases.create();
  store = open();
  commit = createShareCommits(store, PATIENCE_MS);
  await sql`create table kept (name text primary key, batch bigint)`.execute(store);
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.destroy();
  await databases.drop(name);
});

/** A replica, which waits as long as a busy machine takes. */
function open(changed: Partial<PostgresSettings> = {}): Store {
  const settings = settingsOf(server.url("postgres"), name);
  const replica = createPostgresStore({
    ...settings,
    statementTimeoutSeconds: 600,
    connectTimeoutMs: PATIENCE_MS,
    ...changed,
  });
  opened.push(replica);
  return replica;
}

const ofOrder = (order: string) => ({ order: foldOrderId(order) });
const insertKept = compileWriteOnce((_store, { what }: { what: string }) => ({
  compile: () => CompiledQuery.raw("insert into kept values ($1, txid_current())", [what]),
}));
/** The batch is the id of its transaction. */
const keep = (connected: Store, what: string) => insertKept(connected, { what });
const insert = (order: string, what = order, to = commit) =>
  to((transaction) => keep(transaction, what), ofOrder(order));
const read = (statement: string, from = store) =>
  from.shareReads?.((connection) => sql.raw(statement).execute(connection));
const rows = async () => {
  const { rows: all } = await sql<{ name: string; batch: number }>`
    select * from kept order by batch, name`.execute(store);
  return all;
};
const names = async () => (await rows()).map((row) => row.name).toSorted();
const statuses = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.map(({ status }) => status);

describe("works that wait at the same time", () => {
  test("share a transaction if they are of different orders", async () => {
    await Promise.all(["b", "c", "a"].map((order) => insert(order)));
    const [first, ...others] = await rows();
    expect([first, ...others]).toMatchObject([{ name: "a" }, { name: "b" }, { name: "c" }]);
    for (const { batch } of others) expect(batch).toBe(first?.batch);
  });

  test("have transactions of their own, in the order of their arrival, if they are of one order", async () => {
    const seen: number[] = [];
    const work: Work<void> = async (transaction) => {
      const found = await sql`select * from kept`.execute(transaction);
      seen.push(found.rows.length);
      await keep(transaction, String(found.rows.length));
    };
    await Promise.all(Array.from({ length: 5 }, () => commit(work, ofOrder("a"))));
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(new Set((await rows()).map(({ batch }) => batch)).size).toBe(5);
  });

  test("and reads run in the context of their own message", async () => {
    const message = new AsyncLocalStorage<string>();
    const ask = async (connected: Store) => {
      await sql`select 1`.execute(connected);
      return message.getStore();
    };
    const orders = ["a", "b", "c"];
    const asked = await Promise.all(
      orders.map((order) =>
        message.run(order, () =>
          Promise.all([commit(ask, ofOrder(order)), store.shareReads?.(ask)]),
        ),
      ),
    );
    expect(asked).toEqual(orders.map((order) => [order, order]));
  });
});

describe("a work that fails", () => {
  test("is undone alone, also if others still run", async () => {
    const fail = commit(async (transaction) => {
      await keep(transaction, "failed");
      throw new RangeError("a work");
    }, ofOrder("b"));
    const slow = commit(async (transaction) => {
      await keep(transaction, "slow 1");
      await sql`select pg_sleep(0.1)`.execute(transaction);
      await keep(transaction, "slow 2");
    }, ofOrder("a"));
    const outcomes = await Promise.allSettled([fail, slow, insert("c")]);
    expect(statuses(outcomes)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(outcomes[0]).toMatchObject({ reason: new RangeError("a work") });
    expect(await names()).toEqual(["c", "slow 1", "slow 2"]);
  });

  test("lets later works run alone until none fails", async () => {
    const runs = { fine: 0, failing: 0 };
    const work = (what: keyof typeof runs) =>
      commit(() => {
        runs[what] += 1;
        return what === "fine" ? Promise.resolve() : Promise.reject(new RangeError(what));
      }, ofOrder(what));
    await Promise.allSettled([work("fine"), work("failing")]);
    expect(runs).toEqual({ fine: 2, failing: 2 });
    await Promise.allSettled([work("fine"), work("failing")]);
    expect(runs).toEqual({ fine: 3, failing: 3 });
    await work("fine");
    await Promise.allSettled([work("fine"), work("failing")]);
    expect(runs).toEqual({ fine: 6, failing: 5 });
  });

  test("is undone alone if it fails only at the commit", async () => {
    await keep(store, "there already");
    const writes = (order: string, what: string) =>
      commit(
        (transaction) => sendWithCommit(transaction, [keep(transaction, what)]),
        ofOrder(order),
      );
    const outcomes = await Promise.allSettled([
      writes("a", "a"),
      writes("b", "there already"),
      writes("c", "c"),
    ]);
    expect(statuses(outcomes)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toMatchObject({ reason: { code: "23505" } });
    expect(await names()).toEqual(["a", "c", "there already"]);
  });

  test("as a single statement runs alone without a transaction", async () => {
    let alone = 0;
    const statement = (order: string, run: (connected: Store) => Promise<unknown>) =>
      commit(run, {
        ...ofOrder(order),
        statement: () => {
          alone += 1;
          return run(store);
        },
      });
    await statement("a", (connected) => keep(connected, "first"));
    expect(alone).toBe(1);
    const outcomes = await Promise.allSettled([
      statement("a", (connected) => keep(connected, "second")),
      statement("b", (connected) => sql`select 1 / 0`.execute(connected)),
    ]);
    expect(statuses(outcomes)).toEqual(["fulfilled", "rejected"]);
    expect(alone).toBe(3);
    expect(await names()).toEqual(["first", "second"]);
  });
});

/** Holds the row that a work of order a inserts. */
const hold = async () => {
  const held = Promise.withResolvers<undefined>();
  const release = Promise.withResolvers<undefined>();
  const holding = open()
    .transaction()
    .execute(async (transaction) => {
      await keep(transaction, "a");
      held.resolve(undefined);
      await release.promise;
      throw new RangeError("released");
    });
  await held.promise;
  return async () => {
    release.resolve(undefined);
    await expect(holding).rejects.toThrow("released");
  };
};

describe("a work that waits for a lock", () => {
  test("does not hold the others up, of its batch and of later ones", async () => {
    commit = createCommit(store);
    const release = await hold();
    const waiting = insert("a");
    await Promise.all([insert("b"), insert("c")]);
    await Promise.all([insert("d"), insert("e")]);
    expect(await names()).toEqual(["b", "c", "d", "e"]);
    await release();
    await waiting;
    expect(await names()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("keeps its connection, also if it is the only one", async () => {
    const only = open({ poolSize: 1 });
    const process = async () => {
      const { rows: found } = await sql`select pg_backend_pid()`.execute(only);
      return found;
    };
    const before = await process();
    const release = await hold();
    const works = ["a", "b", "c"].map((order) => insert(order, order, createCommit(only)));
    const reading = read("select 1", only);
    await release();
    await Promise.all([...works, reading]);
    expect(await names()).toEqual(["a", "b", "c"]);
    expect(await process()).toEqual(before);
  });
});

test("works of one batch take their locks in the order of their orders' ids", async () => {
  const begun: string[] = [];
  const work = (order: string) =>
    commit((transaction) => {
      begun.push(order);
      return keep(transaction, order);
    }, ofOrder(order));
  await Promise.all(["c", "a", "d", "b"].map((order) => work(order)));
  expect(begun).toEqual(["a", "b", "c", "d"]);
});

test("two replicas whose batches have the same orders lose no work", async () => {
  const commits = [commit, createCommit(open())];
  const orders = Array.from({ length: 40 }, (_, index) => `order ${String(index)}`);
  for (const order of orders) await sql`insert into kept values (${order}, 0)`.execute(store);
  for (let round = 0; round < 10; round += 1)
    await Promise.all(
      commits.flatMap((run, replica) =>
        (replica === 0 ? orders : orders.toReversed()).map((order) =>
          run(
            (transaction) =>
              sql`update kept set batch = batch + 1 where name = ${order}`.execute(transaction),
            ofOrder(order),
          ),
        ),
      ),
    );
  expect(new Set((await rows()).map(({ batch }) => batch))).toEqual(new Set([20]));
});

/** A trigger that runs in the commit. */
const atCommit = async (body: string) => {
  await sql`create function at_commit() returns trigger language plpgsql as
    ${sql.lit(`begin ${body}; return null; end`)}`.execute(store);
  await sql`create constraint trigger at_commit after insert on kept
    deferrable initially deferred for each row when (new.name = 'poison')
    execute function at_commit()`.execute(store);
};

test("a server that falls silent fails the works and the reads, after one time limit", async () => {
  let isSilent = false;
  await using link = await openPostgresLink(server.url("postgres"), ({ pass }) => {
    if (!isSilent) pass();
  });
  const { url } = settingsOf(link.url, name);
  const far = open({ url, statementTimeoutSeconds: 1 });
  const share = createCommit(far);
  const ask = (order: string) =>
    share((transaction) => sql`select 1`.execute(transaction), ofOrder(order));
  // Each has its connection before the server falls silent; a busy one may need several tries.
  await expect
    .poll(
      () => Promise.all([ask("a"), ask("b"), read("select 1", far)]).then(() => "asked", String),
      {
        timeout: PATIENCE_MS,
      },
    )
    .toBe("asked");
  isSilent = true;
  let runs = 0;
  const counted = (order: string) =>
    share(async (transaction) => {
      runs += 1;
      await takeChainHead(transaction, order);
      await keep(transaction, order);
    }, ofOrder(order));
  const outcomes = await Promise.allSettled([counted("c"), counted("d"), read("select 1", far)]);
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "ServiceUnavailable" } });
  expect(runs).toBe(2);
  await far.destroy();
  expect(await names()).toEqual([]);
});

test("works and reads that still wait when the store is closed end too", async () => {
  const closing = open();
  const share = createCommit(closing);
  const settled = Promise.allSettled([
    insert("a", "a", share),
    insert("b", "b", share),
    read("select 1", closing),
  ]);
  await closing.destroy();
  expect(await settled).toHaveLength(3);
});

describe("a connection that ends", () => {
  test("during the works undoes all, and each runs again alone", async () => {
    let runs = 0;
    const ending = commit(async (transaction) => {
      runs += 1;
      if (runs === 1) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
      await keep(transaction, "a");
    }, ofOrder("a"));
    await Promise.all([ending, insert("b"), insert("c")]);
    expect(runs).toBe(2);
    expect(await names()).toEqual(["a", "b", "c"]);
  });

  test("during the commit fails all, and none runs again, since the server may have committed", async () => {
    // A backend that ends itself does so when it next waits.
    await atCommit("perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(600)");
    let runs = 0;
    const counted = (order: string, what: string) =>
      commit(async (transaction) => {
        runs += 1;
        await keep(transaction, what);
      }, ofOrder(order));
    const outcomes = await Promise.allSettled([counted("a", "a"), counted("b", "poison")]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        status: "rejected",
        reason: { code: "ServiceUnavailable" },
      });
    expect(runs).toBe(2);
    expect(await names()).toEqual([]);
    await insert("c");
    expect(await names()).toEqual(["c"]);
  });

  test("is not needed for a commit that the server refuses: each work runs again alone", async () => {
    await atCommit("raise exception 'refused'");
    const outcomes = await Promise.allSettled([insert("a"), insert("b", "poison")]);
    expect(statuses(outcomes)).toEqual(["fulfilled", "rejected"]);
    expect(await names()).toEqual(["a"]);
  });

  test("fails the reads that share it, and later ones get another", async () => {
    const outcomes = await Promise.allSettled([
      read("select 1"),
      read("select 1 / 0"),
      read("select 2"),
    ]);
    expect(statuses(outcomes)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const ended = await Promise.allSettled([
      read("select pg_terminate_backend(pg_backend_pid())"),
      read("select 1"),
    ]);
    expect(statuses(ended)).toEqual(["rejected", "rejected"]);
    expect(await read("select 1 as one")).toMatchObject({ rows: [{ one: 1 }] });
  });
});
