import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { foldOrderId } from "../core/order.ts";
import { compileWriteOnce } from "./fast/compile-once.ts";
import { createGroupCommit } from "./group-commit.ts";
import { openStore } from "./open-store.ts";
import type { Store } from "./store.ts";
import type { Commit } from "./transactions.ts";

let store: Store;
let commit: Commit;
beforeEach(async () => {
  store = await openStore(":memory:");
  commit = createGroupCommit(store);
});
afterEach(async () => {
  await store.destroy();
});

const insert = (name: string, outcome: "succeed" | "fail" = "succeed") =>
  commit(async (transaction) => {
    await transaction
      .insertInto("consumed_nonces")
      .values({ nonce_hash: name, request_hash: "", expires_at_ms: 0 })
      .execute();
    if (outcome === "fail") throw new RangeError(name);
    return name;
  });
const insertNonce = compileWriteOnce((at, { name }: { name: string }) =>
  at.insertInto("consumed_nonces").values({ nonce_hash: name, request_hash: "", expires_at_ms: 0 }),
);
const names = async () =>
  (
    await store.selectFrom("consumed_nonces").select("nonce_hash").orderBy("nonce_hash").execute()
  ).map((row) => row.nonce_hash);

describe("a group commit", () => {
  test("keeps what each work wrote and returns what each work returned", async () => {
    const many = Array.from({ length: 200 }, (_, index) => String(index).padStart(3, "0"));
    expect(await Promise.all(many.map((name) => insert(name)))).toEqual(many);
    expect(await names()).toEqual(many);
  });

  test("undoes only the failed work, and fails only its caller", async () => {
    const outcomes = await Promise.allSettled([
      insert("a"),
      insert("b", "fail"),
      insert("c"),
      insert("a"),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
    ]);
    expect(outcomes[1]).toMatchObject({ reason: new RangeError("b") });
    expect(await names()).toEqual(["a", "c"]);
  });

  test("runs a work again only if another one of its batch failed", async () => {
    const runs = { fine: 0, failing: 0 };
    const work = (name: keyof typeof runs) =>
      commit(() => {
        runs[name] += 1;
        return name === "fine" ? Promise.resolve() : Promise.reject(new RangeError(name));
      });
    await Promise.all([work("fine"), work("fine")]);
    expect(runs.fine).toBe(2);
    await Promise.allSettled([work("fine"), work("failing")]);
    expect(runs).toEqual({ fine: 4, failing: 2 });
    // Until a batch passes, works are taken for ones that may fail.
    await Promise.allSettled([work("fine"), work("failing")]);
    expect(runs).toEqual({ fine: 5, failing: 3 });
    await work("fine");
    await Promise.allSettled([work("fine"), work("failing")]);
    expect(runs).toEqual({ fine: 8, failing: 5 });
  });

  test("continues after a failure, also when it was alone", async () => {
    await expect(insert("a", "fail")).rejects.toThrow(RangeError);
    await insert("b");
    expect(await names()).toEqual(["b"]);
  });

  test("reports no success when the commit itself fails", async () => {
    // The commit checks a deferred foreign key, after every work of the batch has succeeded.
    let runs = 0;
    const orphan = commit(async (transaction) => {
      runs += 1;
      await sql`pragma defer_foreign_keys = on`.execute(transaction);
      await transaction
        .insertInto("order_stages")
        .values({
          order_id: foldOrderId("no such order"),
          stage: "Delivered",
          status: "Succeeded",
          entered_at_ms: 0,
        })
        .execute();
    });
    const outcomes = await Promise.allSettled([orphan, insert("a")]);
    expect(outcomes[0]).toMatchObject({ status: "rejected" });
    expect(runs).toBe(1);
    const told = outcomes[1].status === "fulfilled" ? ["a"] : [];
    expect(await names()).toEqual(told);
    await insert("b");
    expect(await names()).toContain("b");
  });

  test("keeps nothing of a work whose transaction SQLite has undone for want of space", async () => {
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(store);
    const limitPages = (pages: number) =>
      sql.raw(`pragma max_page_count = ${String(pages)}`).execute(store);
    await limitPages(rows[0]?.page_count ?? 0);
    await expect(
      commit((transaction) =>
        Promise.all([
          insertNonce(transaction, { name: "large".repeat(10_000) }),
          insertNonce(transaction, { name: "small" }),
          insertNonce(transaction, { name: "smaller" }),
        ]),
      ),
    ).rejects.toMatchObject({ code: "SQLITE_FULL" });
    await limitPages(1_000_000);
    await insert("after");
    expect(await names()).toEqual(["after"]);
  });

  test("lets an unlock pass the waiting re-wraps, which still progress while unlocks keep arriving", async () => {
    const done: string[] = [];
    const note = (what: string, kind?: "re-wrap") =>
      commit(() => {
        done.push(what);
        return Promise.resolve();
      }, kind);
    const count = (what: string) => done.filter((each) => each === what).length;
    const keepUnlocking = async (): Promise<void> => {
      while (count("re-wrap") < 40) await note("unlock");
    };
    const rewraps = Promise.all(Array.from({ length: 40 }, () => note("re-wrap", "re-wrap")));
    await Promise.all([rewraps, keepUnlocking()]);
    const between = done.join(" ").split("unlock");
    expect(between.length).toBeGreaterThan(5);
    for (const some of between) expect(some.split("re-wrap").length - 1).toBeLessThan(10);
  });

  test("sees in one work what an earlier one of the same batch wrote", async () => {
    await Promise.all([
      insert("a"),
      commit(async (transaction) => {
        const rows = await transaction.selectFrom("consumed_nonces").select("nonce_hash").execute();
        expect(rows).toHaveLength(1);
      }),
    ]);
  });
});
