import { afterAll, beforeAll, expect, test } from "vitest";

import { foldOrderId } from "../../src/core/order.ts";
import type { StoreTransaction } from "../../src/store/store.ts";
import type { Commit } from "../../src/store/transactions.ts";
import { ENGINE } from "../store/open-test-store.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const NAMES = ["first", "withdrawn", "third", "fourth"];
/** How many transactions ran the works of four grants; those that were undone count. */
const TRANSACTIONS = {
  // The shared one is undone for one work, and then each work runs in a savepoint.
  sqlite: { together: 1, withRefusal: 2, afterRefusal: 1 },
  // After the shared one each has one of its own, and so have the next works.
  postgres: { together: 1, withRefusal: 1 + NAMES.length, afterRefusal: NAMES.length },
}[ENGINE];

const transactions = new Set<StoreTransaction>();
const waiting: (() => void)[] = [];
/** Lets all grants arrive before it passes them on, so that they are at the store at once. */
const holdGrants =
  (commit: Commit): Commit =>
  async (work, how) => {
    // Only grants are work of one order that takes several statements.
    if (typeof how !== "object" || how.statement !== undefined) return commit(work, how);
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === NAMES.length) for (const pass of waiting.splice(0)) pass();
    });
    return commit((transaction) => {
      transactions.add(transaction);
      return work(transaction);
    }, how);
  };

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker({ replicas: 1, wrapCommit: holdGrants });
});
afterAll(() => world[Symbol.asyncDispose]());

test("grants of several orders share a transaction, and one that is withdrawn there is refused alone", async () => {
  const devices = await Promise.all(NAMES.map((name) => world.delivered(name)));
  const unlockAll = async () => {
    transactions.clear();
    const outcomes = await Promise.all(
      devices.map(async (device) => {
        const { answer, contentKey } = await device.unlock("unlock");
        if (answer.kind === "denial") return answer.value.code;
        return (await world.opened(device, contentKey)) !== undefined ? "opened" : answer.kind;
      }),
    );
    return { outcomes, transactions: transactions.size };
  };
  const opened = NAMES.map(() => "opened");
  expect(await unlockAll()).toEqual({ outcomes: opened, transactions: TRANSACTIONS.together });

  const withdrawn = foldOrderId(devices[1]?.order ?? "");
  world.aroundUnwrap = async (unwrap, identity) => {
    if ("order" in identity && identity.order === withdrawn)
      await world.setStage(withdrawn, "Cancelled");
    return unwrap();
  };
  expect(await unlockAll()).toEqual({
    outcomes: opened.with(1, "PurposeForbidden"),
    transactions: TRANSACTIONS.withRefusal,
  });
  world.aroundUnwrap = undefined;
  await world.setStage(withdrawn, "Delivered");

  expect(await unlockAll()).toEqual({ outcomes: opened, transactions: TRANSACTIONS.afterRefusal });
  expect(await unlockAll()).toEqual({ outcomes: opened, transactions: TRANSACTIONS.together });

  for (const { order } of devices) {
    const unlocks = (await world.audit(order)).filter(({ action }) => action === "unlock").slice(1);
    const granted = Array.from({ length: 4 }, () => "granted");
    const expected = order === withdrawn ? granted.with(1, "refused") : granted;
    expect(unlocks.map(({ outcome }) => outcome)).toEqual(expected);
    expect(await world.verifyAudit(order)).toMatchObject({ ok: true });
    const grants = await world
      .store()
      .selectFrom("grants")
      .innerJoin("leases", "leases.id", "grants.lease_id")
      .select("leases.id")
      .where("grants.order_id", "=", foldOrderId(order))
      .where("grants.purpose", "=", "unlock")
      .execute();
    expect(grants).toHaveLength(expected.filter((outcome) => outcome === "granted").length);
  }
});
