import { afterEach, beforeEach, expect, test } from "vitest";

import { appendBehind } from "../../src/audit/append-audit.ts";
import { foldOrderId } from "../../src/core/order.ts";
import { compileWriteOnce } from "../../src/store/fast/compile-once.ts";
import { compileTogether } from "../../src/store/fast/compile-together.ts";
import { sendWithCommit } from "../../src/store/fast/send-at-once.ts";
import { createCommit } from "../../src/store/group-commit.ts";
import type { Store } from "../../src/store/store.ts";
import { runLocking } from "../../src/store/transactions.ts";
import { commitUnlessWithdrawn, Withdrawn } from "../../src/store/withdrawn.ts";
import { openTestStore } from "./open-test-store.ts";

/** Fails where the nonce is there already. */
const insert = compileWriteOnce((store, { nonceHash }: { nonceHash: string }) =>
  store
    .insertInto("consumed_nonces")
    .values({ nonce_hash: nonceHash, request_hash: "r", expires_at_ms: 0 }),
);
const drop = compileWriteOnce((store, { nonceHash }: { nonceHash: string }) =>
  store.deleteFrom("consumed_nonces").where("nonce_hash", "=", nonceHash),
);

let store: Store;
beforeEach(async () => {
  store = await openTestStore(":memory:");
});
afterEach(() => store.destroy());

const kept = async () =>
  (await store.selectFrom("consumed_nonces").select("nonce_hash").orderBy("nonce_hash").execute())
    .map((row) => row.nonce_hash)
    .join(" ");

test("statements of a transaction that are asked for at once run in their order", async () => {
  const counts = await runLocking(store, (transaction) =>
    Promise.all([
      insert(transaction, { nonceHash: "a" }),
      insert(transaction, { nonceHash: "b" }),
      drop(transaction, { nonceHash: "a" }),
      insert(transaction, { nonceHash: "a" }),
      drop(transaction, { nonceHash: "c" }),
    ]),
  );
  expect(counts).toEqual([1n, 1n, 1n, 1n, 0n]);
  expect(await kept()).toBe("a b");
});

test("when one of them fails none of them has happened, and the connections serve on", async () => {
  await insert(store, { nonceHash: "b" });
  for (let again = 0; again < 3; again += 1)
    await expect(
      runLocking(store, (transaction) =>
        Promise.all([
          insert(transaction, { nonceHash: "a" }),
          insert(transaction, { nonceHash: "b" }),
          // On PostgreSQL this one fails too, before its connection has ever prepared it.
          drop(transaction, { nonceHash: "b" }),
        ]),
      ),
    ).rejects.toThrow(/unique/i);
  expect(await kept()).toBe("b");
  await runLocking(store, (transaction) =>
    Promise.all([drop(transaction, { nonceHash: "b" }), insert(transaction, { nonceHash: "c" })]),
  );
  expect(await kept()).toBe("c");
});

const insertAll = (nonces: readonly string[]) =>
  runLocking(store, async (transaction) => {
    await sendWithCommit(
      transaction,
      nonces.map((nonceHash) => insert(transaction, { nonceHash })),
    );
    return "done";
  });

test("writes beside an audit row that cannot be written do not happen", async () => {
  const event = {
    action: "unlock",
    actor: { kind: "broker" },
    outcome: "granted",
    correlationId: "c",
    detail: { reason: "half of a pair: \uD800" },
  } as const;
  await expect(
    runLocking(store, async (transaction) => {
      await sendWithCommit(transaction, [
        appendBehind(transaction, undefined, "broker", event, 0),
        insert(transaction, { nonceHash: "a" }),
      ]);
    }),
  ).rejects.toThrow("no canonical JSON form");
  expect(await kept()).toBe("");
});

test("writes that are sent with the commit are committed with it, or fail with it", async () => {
  expect(await insertAll(["a", "b"])).toBe("done");
  for (let again = 0; again < 3; again += 1)
    await expect(insertAll(["c", "b", "d"])).rejects.toThrow(/unique/i);
  expect(await kept()).toBe("a b");
  expect(await insertAll(["c"])).toBe("done");
  expect(await kept()).toBe("a b c");
});

const write = (key: "one" | "two") => (queries: Store, nonces: { one: string; two: string }) =>
  queries
    .insertInto("consumed_nonces")
    .values({ nonce_hash: nonces[key], request_hash: "r", expires_at_ms: 0 })
    .onConflict((conflict) => conflict.doNothing());

test("writes that belong together all happen, or the first that changes nothing is named", async () => {
  const useUp = compileTogether({ first: write("one"), second: write("two") });
  const database = { store, commit: createCommit(store) };
  const order = foldOrderId("order");
  expect(await useUp(database, { order, one: "a", two: "b" })).toBeUndefined();
  expect(await useUp(database, { order, one: "c", two: "b" })).toBe("second");
  expect(await useUp(database, { order, one: "a", two: "c" })).toBe("first");
  expect(await kept()).toBe("a b");
});

test("withdrawn work leaves no trace and says why", async () => {
  const outcome = await commitUnlessWithdrawn(
    (work) => runLocking(store, work),
    async (transaction) => {
      await insert(transaction, { nonceHash: "a" });
      throw new Withdrawn({ code: "BrokerBusy" });
    },
  );
  expect(outcome).toEqual({ ok: false, failure: { code: "BrokerBusy" } });
  expect(await kept()).toBe("");
});
