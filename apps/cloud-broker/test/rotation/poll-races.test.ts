import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createAppendAudit } from "../../src/audit/append-audit.ts";
import { createKeyCustody } from "../../src/custody/create-key-custody.ts";
import type { CustodyDependencies } from "../../src/custody/custody-dependencies.ts";
import { pollKeys } from "../../src/key-life/rotation/poll-keys.ts";
import type { Store } from "../../src/store/store.ts";
import {
  ACTOR,
  createCustodyWorld,
  type CustodyWorld,
  customerKey,
  insertOrder,
  NOW_MS,
  subject,
} from "../custody/custody-world.ts";
import { ENGINE, openTestStore } from "../store/open-test-store.ts";
import { custodyDependencies } from "../world/custody-dependencies.ts";

const KEY = "https://kv-one.vault.test/keys/kek";
let world: CustodyWorld;
let store: Store;
/** Another replica. */
let other: Store;
beforeEach(async () => {
  world = createCustodyWorld();
  store = await openTestStore(world.path);
  // One process has one connection to a SQLite file: it would wait for itself.
  other = ENGINE === "sqlite" ? store : await openTestStore(world.path);
  // It remains of an order that has ended.
  await store.insertInto("key_polls").values({ key_address: KEY, due_at_ms: 0 }).execute();
});
afterEach(async () => {
  for (const each of new Set([store, other])) await each.destroy();
  world[Symbol.dispose]();
});

const now = () => NOW_MS;
/** An order chooses the key. */
const choose = async (given: Partial<CustodyDependencies> = {}) => {
  const { port, resources } = world.vaults;
  const custody = createKeyCustody(
    custodyDependencies({ store: other, vaults: port, resources, now, ...given }),
  );
  const chosen = await custody.change(subject(), customerKey("kv-one"), ACTOR, insertOrder());
  expect(chosen).toMatchObject({ ok: true });
};
const poll = () =>
  pollKeys({
    store,
    custody: world.custody(store),
    now,
    random: () => 0.5,
    intervalSeconds: 3600,
    rotate: () => Promise.resolve(),
  });
const polled = () => store.selectFrom("key_polls").select("key_address").execute();

describe("a key that its last follower has left", () => {
  test("is no longer polled", async () => {
    expect(await poll()).toBe(1);
    expect(await polled()).toEqual([]);
  });

  test("is polled for an order that chooses it while its followers are read", async () => {
    let choosing: Promise<void> | undefined;
    const deletion = store.deleteFrom("key_polls").where("key_address", "=", KEY);
    // Outside of a transaction, a deletion was decided before.
    store.deleteFrom = (() => ({
      where: () => ({
        async execute() {
          await (choosing ??= choose());
          return deletion.execute();
        },
      }),
    })) as never;
    await poll();
    await (choosing ??= choose());
    expect(await polled()).toEqual([{ key_address: KEY }]);
  });

  test("is polled for an order whose choice is not committed yet", async () => {
    const appendAudit = createAppendAudit({ now });
    let polling: Promise<number> | undefined;
    await choose({
      async appendAudit(...row) {
        // All else of the choice is written.
        polling = poll();
        // On SQLite it waits until the choice is committed.
        if (ENGINE === "postgres") await polling;
        return appendAudit(...row);
      },
    });
    await polling;
    expect(await polled()).toEqual([{ key_address: KEY }]);
  });

  test("is polled for an order that chooses it while the poll deletes it", async () => {
    const outcomes = await Promise.all([poll(), choose()]);
    expect(outcomes).toHaveLength(2);
    expect(await polled()).toEqual([{ key_address: KEY }]);
  });
});
