// @module-tag one-engine

import { copyFileSync } from "node:fs";

import { openEnvelope, parseEnvelope } from "@databox-cmk/crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { KeyChoice } from "../../src/core/order.ts";
import type { KeyCustody } from "../../src/custody/key-custody.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { Store } from "../../src/store/store.ts";
import { expectOk } from "../world/expect-ok.ts";
import { type CrashPoint, openCrashingStore, SimulatedCrash } from "./crashing-store.ts";
import {
  ACTOR,
  createCustodyWorld,
  type CustodyWorld,
  customerKey,
  envelopeOf,
  insertOrder,
  MMK,
  ORDER,
  prepareOrder,
  releaseTo,
  SERIALS,
  subject,
  unlockWith,
} from "./custody-world.ts";

const MANY = 100;

/**
 * Runs an operation once for each point at which the process may die, and checks the state after a
 * restart.
 */
async function dieEverywhere(
  world: CustodyWorld,
  operate: (custody: KeyCustody, store: Store) => Promise<unknown>,
  afterRestart: (custody: KeyCustody, store: Store, point: CrashPoint) => Promise<void>,
): Promise<number> {
  let points = 0;
  for (const when of ["before", "after"] as const)
    for (let statement = 1; statement < MANY; statement += 1) {
      const path = `${world.path}.${when}-${statement}`;
      copyFileSync(world.path, path);
      const crashing = openCrashingStore(path, { statement, when });
      const died = await operate(world.custody(crashing.store), crashing.store).then(
        () => false,
        (error: unknown) => error instanceof SimulatedCrash,
      );
      crashing.close();
      if (!crashing.crashed()) break;
      expect(died).toBe(true);
      points += 1;
      const store = await openStore(path);
      await afterRestart(world.custody(store), store, { statement, when });
      await store.destroy();
    }
  return points;
}

describe("a rekeying whose broker is killed between any two statements", () => {
  const world = createCustodyWorld();
  afterAll(() => {
    world[Symbol.dispose]();
  });

  it("leaves one passkey in force, which is the one that is shown, and can be repeated", async () => {
    await prepareOrder(world, customerKey("kv-one"));
    const [serial, other] = SERIALS;
    const store = await openStore(world.path);
    const before = await unlockWith(world.custody(store), serial);
    await store.destroy();
    const rekey = async (custody: KeyCustody, at: Store) => {
      const { id, envelope, result } = expectOk(
        await custody.proposeRekey(
          ORDER,
          serial,
          (_currentKey, proposedKey) => new Uint8Array(proposedKey),
        ),
      );
      const { env } = envelope;
      const jwe = parseEnvelope(envelope.jwe);
      const passkey = await openEnvelope(jwe, result, { env, ord: ORDER, dev: serial });
      await world.confirmRekey(at, serial, id);
      return new TextDecoder().decode(passkey);
    };
    const points = await dieEverywhere(world, rekey, async (custody, restarted) => {
      const current = await unlockWith(custody, serial);
      const shown = expectOk(await custody.revealPasskeys(ORDER));
      expect(shown.map(({ passkey }) => new TextDecoder().decode(passkey))).toEqual([
        current,
        before,
      ]);
      const next = await rekey(custody, restarted);
      expect(next).not.toBe(before);
      expect(await unlockWith(custody, serial)).toBe(next);
      expect(await unlockWith(custody, other)).toBe(before);
    });
    expect(points).toBeGreaterThan(16);
  });
});

describe("a broker killed between any two statements", () => {
  let world: CustodyWorld;
  beforeAll(() => {
    world = createCustodyWorld();
  });
  afterAll(() => {
    world[Symbol.dispose]();
  });

  it("of the preparation leaves an order that is prepared by the next try", async () => {
    const store = await openStore(world.path);
    expectOk(
      await world.custody(store).change(subject(), customerKey("kv-one"), ACTOR, insertOrder()),
    );
    await store.destroy();
    const points = await dieEverywhere(
      world,
      (custody) => custody.generate(ORDER, SERIALS),
      async (custody) => {
        const halves = await Promise.all(SERIALS.map((serial) => envelopeOf(custody, serial)));
        expect(new Set(halves.map((envelope) => envelope === undefined)).size).toBe(1);
        expectOk(await custody.generate(ORDER, SERIALS));
        expect(await unlockWith(custody, "DBX-1")).toBe(await unlockWith(custody, "DBX-2"));
      },
    );
    expect(points).toBeGreaterThan(12);
  });
});

describe("a broker killed between any two statements of a change of backup keys", () => {
  let world: CustodyWorld;
  let passkey: string;
  const context = { actor: ACTOR, correlationId: "c" };
  const put = (custody: KeyCustody) => {
    const choice = customerKey("kv-two");
    if (choice.kekType !== "CustomerManaged") throw new TypeError();
    return custody.putBackup(subject(), "west", { kind: "vault", choice }, context);
  };
  const remove = (custody: KeyCustody) => custody.removeBackup(ORDER, "west", context);
  beforeAll(async () => {
    world = createCustodyWorld();
    await prepareOrder(world, customerKey("kv-one"));
    const store = await openStore(world.path);
    passkey = await unlockWith(world.custody(store), "DBX-1");
    await store.destroy();
  });
  afterAll(() => {
    world[Symbol.dispose]();
  });

  /**
   * Every envelope opens by the current key, and is wrapped to a backup exactly when the order
   * lists it.
   */
  const expectWhole = async (custody: KeyCustody, store: Store) => {
    const listed = await store.selectFrom("backup_keys").select("kid").execute();
    for (const serial of SERIALS) {
      expect(await unlockWith(custody, serial)).toBe(passkey);
      const stored = await envelopeOf(custody, serial);
      const kids = parseEnvelope(stored?.jwe).recipients.map(({ kid }) => kid);
      expect(kids).toEqual([world.kids.one, ...listed.map(({ kid }) => kid)]);
    }
  };

  it("finds all envelopes with it or none, and the addition can be repeated", async () => {
    const points = await dieEverywhere(world, put, async (custody, store) => {
      await expectWhole(custody, store);
      expectOk(await put(custody));
      await expectWhole(custody, store);
      world.vaults.setOutage("kv-one", { code: "KeyVaultUnreachable", reason: "timeout" });
      await releaseTo(custody, "DBX-1");
      world.clock.nowMs += 900_000;
      expect(await unlockWith(custody, "DBX-1")).toBe(passkey);
      world.vaults.setOutage("kv-one", undefined);
    });
    expect(points).toBeGreaterThan(16);
  });

  it("finds all envelopes with it or none, and the removal can be repeated", async () => {
    const store = await openStore(world.path);
    expectOk(await put(world.custody(store)));
    await store.destroy();
    const points = await dieEverywhere(world, remove, async (custody, restarted) => {
      await expectWhole(custody, restarted);
      expectOk(await remove(custody));
      await expectWhole(custody, restarted);
    });
    expect(points).toBeGreaterThan(14);
  });
});

const CHANGES: readonly (readonly [string, KeyChoice, KeyChoice])[] = [
  ["from the service's key to the customer's", MMK, customerKey("kv-one")],
  ["from one of the customer's keys to another", customerKey("kv-one"), customerKey("kv-two")],
];

describe.each(CHANGES)(
  "a broker killed between any two statements of a change %s",
  (_case, before, after) => {
    let world: CustodyWorld;
    let passkey: string;
    beforeAll(async () => {
      world = createCustodyWorld();
      await prepareOrder(world, before);
      const store = await openStore(world.path);
      passkey = await unlockWith(world.custody(store), "DBX-1");
      await store.destroy();
    });
    afterAll(() => {
      world[Symbol.dispose]();
    });

    // Evidence: Re-wrapping one order.
    it("leaves an order that unlocks, with the old key or the new one for all nodes, and takes the change again", async () => {
      const points = await dieEverywhere(
        world,
        (custody) => custody.change(subject(), after, ACTOR),
        async (custody, store) => {
          for (const serial of SERIALS) expect(await unlockWith(custody, serial)).toBe(passkey);
          const envelopes = await Promise.all(SERIALS.map((serial) => envelopeOf(custody, serial)));
          expect(new Set(envelopes.map((envelope) => envelope?.kid)).size).toBe(1);
          const { kid } = await store
            .selectFrom("order_keys")
            .select("kid")
            .executeTakeFirstOrThrow();
          expect(kid).toBe(envelopes[0]?.kid);
          const rows = await store
            .selectFrom("audit")
            .select("sequence")
            .where("chain", "=", ORDER)
            .execute();
          expect(rows).toHaveLength(envelopes[0]?.generation ?? 0);
          expectOk(await custody.change(subject(), after, ACTOR));
          for (const serial of SERIALS) expect(await unlockWith(custody, serial)).toBe(passkey);
        },
      );
      expect(points).toBeGreaterThan(16);
    });
  },
);
