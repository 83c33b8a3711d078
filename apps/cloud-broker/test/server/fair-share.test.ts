// @module-tag one-engine

import {
  createHttpsTransport,
  type DeviceAnswer,
  type DeviceClient,
  type Transport,
  codeOf,
  required,
} from "@databox-cmk/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { suspendSlot } from "../../src/load/admission.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const DEAD = "66666666-6666-4666-8666-666666666666";
const QUICK = "77777777-7777-4777-8777-777777777777";
const SECOND = "88888888-8888-4888-8888-888888888888";
const TENANT = "99999999-9999-4999-8999-999999999999";
/** More than a process at its end takes altogether. */
const CROWD = 70;
const SILENT = { code: "KeyVaultUnreachable", reason: "timeout" } as const;
const SATURATED = 1;

let world: BrokerWorld;
let dead: DeviceClient;
let second: DeviceClient;
let quick: readonly DeviceClient[];
const transports: Transport[] = [];
beforeAll(async () => {
  world = await openBroker({ replicas: 1 });
  dead = await world.delivered("dead", DEAD);
  second = await world.delivered("second", SECOND);
  quick = [await world.delivered("quick-1", QUICK), await world.delivered("quick-2", QUICK)];
  dead.use(connect());
  for (const each of quick) each.use(connect());
});
afterEach(() => {
  world.aroundUnwrap = undefined;
  world.loop.utilization = 0;
});
afterAll(async () => {
  for (const transport of transports) transport.close();
  await world[Symbol.asyncDispose]();
});

/** Connections of its own: each customer's appliances have theirs. */
function connect(): Transport {
  const transport = createHttpsTransport({
    origin: world.url(),
    certificateAuthorityPem: world.caPem,
  });
  transports.push(transport);
  return transport;
}

/**
 * So many unlocks, one after the other so that their counters are in order, all waiting for a vault
 * that says nothing.
 */
async function gatherCrowd() {
  const [, theirs] = [...world.identities.system].find(([order]) => order.includes(DEAD)) ?? [];
  const silence = Promise.withResolvers<undefined>();
  let asked = Promise.withResolvers<undefined>();
  world.aroundUnwrap = async (unwrap, identity) => {
    if (identity.kind !== "order" || identity.principalId !== theirs?.principalId) return unwrap();
    asked.resolve(undefined);
    // azure/vault-calls.ts does the same.
    await suspendSlot("vault", () => silence.promise);
    return { ok: false, failure: SILENT };
  };
  const answers: Promise<DeviceAnswer<unknown>>[] = [];
  for (let index = 0; index < CROWD; index += 1) {
    asked = Promise.withResolvers();
    answers.push(dead.sendUnlock(await dead.prepareUnlock("unlock")));
    await asked.promise;
  }
  return {
    async end(): Promise<readonly string[]> {
      silence.resolve(undefined);
      return (await Promise.all(answers)).map(codeOf);
    },
  };
}

// Evidence: One customer's load that delays others.
test("in a saturated process, the load of a customer whose vault is dead does not use another customer's share", async () => {
  const crowd = await gatherCrowd();
  world.loop.utilization = SATURATED;

  expect(codeOf((await dead.unlock("unlock")).answer)).toBe("BrokerBusy");
  const granted = await Promise.all(
    quick.map(async (device) => {
      const answers: string[] = [];
      for (let index = 0; index < 20; index += 1)
        answers.push(codeOf((await device.unlock("unlock")).answer));
      return answers;
    }),
  );
  expect(granted.flat()).toEqual(Array.from({ length: 40 }, () => "answer"));

  world.loop.utilization = 0;
  expect(await crowd.end()).toEqual(Array.from({ length: CROWD }, () => SILENT.code));
  world.loop.utilization = SATURATED;
  world.aroundUnwrap = undefined;
  expect(codeOf((await dead.unlock("unlock")).answer)).toBe("answer");
});

test("a customer above its share gets a signed answer on a new connection, before its nonce is used up", async () => {
  const crowd = await gatherCrowd();
  world.loop.utilization = SATURATED;
  dead.use(connect());
  const prepared = await dead.prepareUnlock("unlock");
  const answer = await dead.sendUnlock(prepared);
  expect(answer).toMatchObject({ kind: "denial", status: 503, value: { code: "BrokerBusy" } });
  expect(answer.kind === "denial" ? answer.value.retryAfterSeconds : 0).toBeGreaterThanOrEqual(1);
  // From now on the owner of this connection is known.
  expect((await dead.sendUnlock(prepared)).kind).toBe("unsigned");
  const rows = await world
    .store()
    .selectFrom("audit")
    .select("hash")
    .where("row_json", "like", "%BrokerBusy%")
    .execute();
  expect(rows).toEqual([]);

  await crowd.end();
  world.aroundUnwrap = undefined;
  expect(codeOf(await dead.sendUnlock(prepared))).toBe("answer");
});

// Evidence: One customer's load that delays others.
test("a message that only claims to be another customer's does not use that customer's share, and does not escape its own", async () => {
  const crowd = await gatherCrowd();
  world.loop.utilization = SATURATED;
  const victim = required(quick[0]);
  const [head = ""] = (await victim.prepareUnlock("unlock")).text.split(".");
  const forge = (text: string) => [head, ...text.split(".").slice(1)].join(".");
  // On a connection of the crowd's it does not even get in, on new ones it proves nothing.
  expect(codeOf((await dead.unlock("unlock")).answer)).toBe("BrokerBusy");
  const known = await dead.prepareUnlock("unlock", { text: forge });
  expect((await dead.sendUnlock(known)).kind).toBe("unsigned");
  dead.use(connect());
  const forged = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const { text } = await dead.prepareUnlock("unlock", { text: forge });
      return dead.post("/device/v1/unlocks", text);
    }),
  );
  for (const { status } of forged) expect([401, 503]).toContain(status);
  for (const device of quick) expect(codeOf((await device.unlock("unlock")).answer)).toBe("answer");
  await crowd.end();
});

// Evidence: One customer's load that delays others.
test("a tenant with several subscriptions has one share, and does not use another customer's", async () => {
  const store = world.store();
  const [since_ms, changed_at_ms] = [world.clock.nowMs, world.clock.nowMs];
  const tenant = { id: TENANT, name: "Noisy", state: "connected", changed_by: "opal" } as const;
  await store
    .insertInto("tenants")
    .values({ ...tenant, since_ms, changed_at_ms })
    .execute();
  const row = { tenant_id: TENANT, since_ms, recorded_by: "ada" };
  await store
    .insertInto("subscription_tenants")
    .values([DEAD, SECOND].map((subscription_id) => ({ ...row, subscription_id })))
    .execute();
  world.clock.nowMs += 60_000;
  const crowd = await gatherCrowd();
  world.loop.utilization = SATURATED;
  for (const device of [second, ...quick]) device.use(connect());
  expect(codeOf((await second.unlock("unlock")).answer)).toBe("BrokerBusy");
  for (const device of quick) expect(codeOf((await device.unlock("unlock")).answer)).toBe("answer");
  await crowd.end();
});
