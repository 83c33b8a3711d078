import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import {
  type DeviceAnswer,
  type DeviceClient,
  LeaseClient,
  codeOf,
  required,
} from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createAppendAudit } from "../../src/audit/append-audit.ts";
import { foldOrderId } from "../../src/core/order.ts";
import { enqueueEvent } from "../../src/events/announce.ts";
import { claimDue } from "../../src/store/claim-due.ts";
import { claimName } from "../../src/store/claim-name.ts";
import { runLocking } from "../../src/store/transactions.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { PATIENT } from "../world/open-listener.ts";

const RACERS = 200;
const REPLICAS = 3;
let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker({ replicas: REPLICAS, timeouts: PATIENT });
});
afterAll(() => world[Symbol.asyncDispose]());

/** Two hundred at once, each at the next replica. */
const race = <Value>(run: (index: number) => Promise<Value>, racers = RACERS): Promise<Value[]> =>
  Promise.all(Array.from({ length: racers }, (_, index) => run(index)));
const replica = (index: number) => required(world.replicas()[index % REPLICAS]);
const texts = (all: readonly DeviceAnswer<unknown>[]) =>
  new Set(all.flatMap((answer) => (answer.kind === "answer" ? [answer.text] : [])));
const claim = (index: number, nowMs: number) =>
  claimName(
    replica(index).store,
    "claims",
    { name: "campaign-1", owner: `owner-${String(index)}` },
    nowMs,
    nowMs + 30_000,
  );
const count = (values: readonly string[], value: string): number =>
  values.filter((each) => each === value).length;
const chain = async (name: string) => ({
  verdict: await world.verifyAudit(name),
  rows: await world.audit(name),
});
const grantsOf = async (order: string) => {
  const { rows } = await chain(order);
  return rows.filter((row) => row["action"] === "unlock" && row["outcome"] === "granted");
};

describe("three replicas", () => {
  test("share one protocol: the challenge of one, the unlock at another, the renewal at a third", async () => {
    const device = await world.delivered("three-steps");
    device.use(replica(0).transport);
    const { nonce } = await device.challenge();
    const prepared = await device.prepareUnlock("unlock", {}, nonce);
    device.use(replica(1).transport);
    const granted = await device.sendUnlock(prepared);
    if (granted.kind !== "answer") throw new Error(JSON.stringify(granted));
    device.use(replica(2).transport);
    const renewed = await new LeaseClient(device, granted.value.lease).renew();
    expect(renewed.typ).toBe(MESSAGE_TYPES.lease);
  });

  test(`give one grant for a nonce that ${String(RACERS)} messages race for`, async () => {
    const device = await world.delivered("nonce");
    const { nonce } = await device.challenge();
    const before = await grantsOf(device.order);
    const prepared = [];
    for (let index = 0; index < RACERS; index += 1)
      prepared.push(await device.prepareUnlock("unlock", {}, nonce));
    const codes = (await Promise.all(prepared.map((each) => device.sendUnlock(each)))).map(codeOf);
    expect(count(codes, "answer")).toBe(1);
    expect(count(codes, "ReplayDetected")).toBe(RACERS - 1);
    expect(await grantsOf(device.order)).toHaveLength(before.length + 1);
    expect((await chain(device.order)).verdict).toMatchObject({ ok: true });
  });

  test(`give one grant for a counter that ${String(RACERS)} messages race for`, async () => {
    const device = await world.delivered("counter");
    const counter = device.counter + RACERS;
    const prepared = await race(() =>
      device.prepareUnlock("unlock", { payload: (payload) => ({ ...payload, counter }) }),
    );
    const before = await grantsOf(device.order);
    const codes = (await Promise.all(prepared.map((each) => device.sendUnlock(each)))).map(codeOf);
    expect(count(codes, "answer")).toBe(1);
    expect(count(codes, "CounterRollback")).toBe(RACERS - 1);
    expect(await grantsOf(device.order)).toHaveLength(before.length + 1);
    expect((await chain(device.order)).verdict).toMatchObject({ ok: true });
  });

  test(`give one answer to ${String(RACERS)} copies of one message, and that one again afterwards`, async () => {
    const device = await world.delivered("copies");
    const prepared = await device.prepareUnlock("unlock");
    const before = await grantsOf(device.order);
    const answers = await race(() => device.sendUnlock(prepared));
    expect(texts(answers).size).toBe(1);
    // A request that arrives while another replica still calls the vault must come back later.
    const others = answers.map(codeOf).filter((code) => code !== "answer");
    expect(others.filter((code) => code !== "BrokerBusy")).toEqual([]);
    const again = await race(() => device.sendUnlock(prepared), 12);
    expect(texts([...answers, ...again]).size).toBe(1);
    expect(again.map(codeOf).every((code) => code === "answer")).toBe(true);
    expect(await grantsOf(device.order)).toHaveLength(before.length + 1);
  });

  test("unlock many orders at once, also while other orders are refused", async () => {
    const neighbours = [];
    for (let index = 0; index < 12; index += 1) {
      const device = await world.delivered(`neighbour-${String(index)}`);
      const { nonce } = await device.challenge();
      await device.sendUnlock(await device.prepareUnlock("unlock", {}, nonce));
      const { length: grants } = await grantsOf(device.order);
      neighbours.push({ device, grants, replayed: index % 4 === 3 ? nonce : undefined });
    }
    const ROUNDS = 5;
    await Promise.all(
      neighbours.map(async ({ device, replayed }) => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const prepared = await device.prepareUnlock("unlock", {}, replayed);
          expect(codeOf(await device.sendUnlock(prepared))).toBe(
            replayed === undefined ? "answer" : "ReplayDetected",
          );
        }
      }),
    );
    for (const { device, grants, replayed } of neighbours) {
      expect(await grantsOf(device.order)).toHaveLength(
        replayed === undefined ? grants + ROUNDS : grants,
      );
      expect((await chain(device.order)).verdict).toMatchObject({ ok: true });
    }
  });

  // Evidence: A kill switch that fails open.
  // Evidence: Kill switches fail closed.
  test("leave no lease alive behind a kill switch that is thrown while many unlock", async () => {
    const devices: DeviceClient[] = [];
    for (let index = 0; index < 4; index += 1)
      devices.push(await world.delivered(`switched-${String(index)}`));
    const claims = { roles: ["DataBox.Operator"] };
    const body = { scope: { kind: "fleet" }, reason: "stolen keys" };
    const unlocking = race(async (index) => {
      const device = devices[index % devices.length];
      if (device === undefined) throw new Error("no device");
      return codeOf((await device.unlock("unlock")).answer);
    }, 60);
    const revoked = await world.call("POST", "/operator/v1/revoke", { body, claims });
    expect(revoked.status).toBe(200);
    const codes = await unlocking;
    const live = await world
      .store()
      .selectFrom("leases")
      .select("id")
      .where("state", "=", "live")
      .execute();
    expect(live).toEqual([]);
    expect(
      new Set(codes.filter((code) => code !== "answer" && code !== "CounterRollback")),
    ).toEqual(new Set(["UnlockRevoked"]));
    for (const device of devices)
      expect((await chain(device.order)).verdict).toMatchObject({ ok: true });
    const lifted = { scope: { kind: "fleet" } };
    await world.call("POST", "/operator/v1/restoreAccess", { body: lifted, claims });
  });

  test(`ask about a key once, however often they check which of them is to ask`, async () => {
    const device = await world.delivered("probed");
    await LeaseClient.unlock(device);
    const others = await world.broker().probe();
    expect(others).toBeGreaterThanOrEqual(1);
    world.clock.nowMs += 40_000;
    const asked = await race((index) => replica(index).broker.probe(), 60);
    // Every lease of this world depends on the same key of the same vault, each order by its own
    // identity.
    const due = await world.store().selectFrom("probes").select("kid").execute();
    expect(asked.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(due.length);
    expect(asked.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(1);
  });

  test("give work to one owner at a time, and to the next when it is due", async () => {
    const first = await race((index) => claim(index, 1_000));
    expect(first.filter((isOurs) => isOurs)).toHaveLength(1);
    const next = await race((index) => claim(RACERS + index, 100_000));
    expect(next.filter((isOurs) => isOurs)).toHaveLength(1);
  });

  test("claim each due row once, the oldest first", async () => {
    const keys = Array.from(
      { length: RACERS },
      (_, index) => `https://vault/keys/${String(index)}`,
    );
    await world
      .store()
      .insertInto("key_polls")
      .values(
        keys.map((key_address, due_at_ms) => ({
          key_address,
          newest_kid: null,
          failure_json: null,
          checked_at_ms: null,
          due_at_ms,
        })),
      )
      .execute();
    const claimed = await race((index) =>
      claimDue(
        replica(index).store,
        "key_polls",
        (transaction) =>
          transaction
            .selectFrom("key_polls")
            .select("key_address")
            .where("key_address", "like", "https://vault/keys/%")
            .where("due_at_ms", "<=", RACERS - 2)
            .orderBy("due_at_ms")
            .limit(3),
        (transaction, { key_address: address }) =>
          transaction
            .updateTable("key_polls")
            .set({ due_at_ms: 1_000_000 })
            .where("key_address", "=", address),
      ),
    );
    const addresses = claimed.map((rows) => rows.map(({ key_address: address }) => address));
    expect(addresses.flat().toSorted()).toEqual(keys.slice(0, -1).toSorted());
    const inOrder = (rows: readonly string[]) =>
      rows.toSorted((one, other) => keys.indexOf(one) - keys.indexOf(other));
    expect(addresses.map(inOrder)).toEqual(addresses);
  });

  test("send an event once", async () => {
    const url = "https://hook.test/a";
    const sent: string[] = [];
    await using hook = await openBroker({ settings: { WEBHOOK_URLS: url }, replicas: REPLICAS });
    hook.receivers.post = (_url, _headers, body) => {
      sent.push(body);
      return Promise.resolve({ status: 204 });
    };
    const events = Array.from({ length: 20 }, (_, index) => `event-${String(index)}`);
    await runLocking(hook.store(), async (transaction) => {
      for (const id of events)
        await enqueueEvent(transaction, [url], { id, body: id, atMs: hook.clock.nowMs });
    });
    const rounds = [...hook.replicas(), ...hook.replicas(), ...hook.replicas()];
    await Promise.all(rounds.map(({ broker }) => broker.deliverEvents()));
    expect(sent.toSorted()).toEqual(events.toSorted());
    const left = await hook.store().selectFrom("webhook_deliveries").select("url").execute();
    expect(left).toEqual([]);
  });

  test(`extend one audit chain by ${String(RACERS)} rows without a fork or a gap`, async () => {
    const appendAudit = createAppendAudit({ now: () => world.clock.nowMs });
    await race((index) =>
      runLocking(replica(index).store, (transaction) =>
        appendAudit(transaction, "broker", {
          action: "key/health",
          actor: { kind: "broker" },
          outcome: "done",
          correlationId: `race/${String(index)}`,
        }),
      ),
    );
    const { verdict, rows } = await chain("broker");
    expect(verdict).toMatchObject({ ok: true });
    const raced = rows
      .map((row) => String(row["correlationId"]))
      .filter((id) => id.startsWith("race/"));
    expect(new Set(raced).size).toBe(RACERS);
  });

  test("let one of many writers of an order win at a time, and none of them half", async () => {
    const device = await world.delivered("rewritten");
    const path = `${jobPath("rewritten")}?${API}`;
    const revision = async () => {
      const row = await world
        .store()
        .selectFrom("orders")
        .select("revision")
        .where("id", "=", foldOrderId(device.order))
        .executeTakeFirstOrThrow();
      return row.revision;
    };
    const before = await revision();
    const answers = await race(
      (index) => world.call("PATCH", path, { body: { tags: { writer: String(index) } } }),
      40,
    );
    const written = answers.filter(({ status }) => status === 202).length;
    // A writer that loses repeatedly gets an error, and has changed nothing.
    expect(answers.filter(({ status }) => status !== 202 && status !== 409)).toEqual([]);
    expect(written).toBeGreaterThan(0);
    expect(await revision()).toBe(before + written);
    expect((await chain(device.order)).verdict).toMatchObject({ ok: true });
  });
});
