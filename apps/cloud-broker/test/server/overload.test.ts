import { type DeviceClient, LeaseClient, codeOf, required } from "@databox-cmk/testkit";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { suspendSlot } from "../../src/load/admission.ts";
import { ENGINE } from "../store/open-test-store.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
let devices: readonly DeviceClient[];
beforeAll(async () => {
  world = await openBroker({ settings: { MAX_REQUESTS_AT_WORK: "1" }, replicas: 1 });
  devices = [await world.delivered("busy-1"), await world.delivered("busy-2")];
});
beforeEach(() => {
  world.aroundUnwrap = undefined;
});
afterAll(() => world[Symbol.asyncDispose]());

const device = (index: number): DeviceClient => required(devices[index]);

/** No other request gets an answer from the database until it is released. */
async function holdDatabase() {
  const held = Promise.withResolvers<undefined>();
  const release = Promise.withResolvers<undefined>();
  const holding = world
    .store()
    .transaction()
    .execute(async (transaction) => {
      if (ENGINE === "postgres")
        await sql`lock table nodes in access exclusive mode`.execute(transaction);
      held.resolve(undefined);
      await release.promise;
    });
  await held.promise;
  return async () => {
    release.resolve(undefined);
    await holding;
  };
}

test("a request at a broker with all its places taken gets an unsigned answer to come back later", async () => {
  const prepared = [
    await device(0).prepareUnlock("unlock"),
    await device(1).prepareUnlock("unlock"),
  ] as const;
  const release = await holdDatabase();
  const answers = [device(0).sendUnlock(prepared[0]), device(1).sendUnlock(prepared[1])];
  // The first one waits for the database.
  const answer = await Promise.race(
    answers.map(async (each) => {
      const known = await each;
      return known.kind === "unsigned" ? known.answer : undefined;
    }),
  );
  expect(answer).toMatchObject({ status: 503, headers: { "x-ms-error-code": "BrokerBusy" } });
  expect(Number(answer?.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  expect(Number(answer?.headers["retry-after"])).toBeLessThanOrEqual(5);
  expect(JSON.parse(answer?.text ?? "")).toMatchObject({
    error: { code: "BrokerBusy", additionalInfo: [{ info: { class: "unreachable" } }] },
  });
  expect((await world.transport().send("GET", "/healthz")).status).toBe(200);
  await release();
  expect((await Promise.all(answers)).map(codeOf).toSorted()).toEqual(["answer", "unsigned"]);
  expect(world.logLines.filter((line) => line.includes("turning requests away"))).toHaveLength(1);
  for (const each of devices) expect(codeOf((await each.unlock("unlock")).answer)).toBe("answer");
});

test("people and programs have places of their own, and a kill switch needs none", async () => {
  const prepared = await device(0).prepareUnlock("unlock");
  const release = await holdDatabase();
  const waiting = device(0).sendUnlock(prepared);
  const listed = world.call("GET", `${jobPath("busy-2")}?${API}`);
  const revoked = world.call("POST", `${jobPath("busy-1")}/revoke?${API}`, {
    body: { reason: "stolen" },
  });
  await release();
  expect([(await listed).status, (await revoked).status]).toEqual([200, 200]);
  expect(codeOf(await waiting)).toMatch(/^answer$|^UnlockRevoked$/);
  expect(codeOf((await device(0).unlock("unlock")).answer)).toBe("UnlockRevoked");
  await world.call("POST", `${jobPath("busy-1")}/restoreAccess?${API}`, { body: {} });
});

test("a request that waits for a vault, or for news of its lease, takes no place", async () => {
  const lease = await LeaseClient.unlock(device(1));
  const { watches } = world.broker();
  const wait = watches.wait.bind(watches);
  const [watched, asked, resume] = [0, 1, 2].map(() => Promise.withResolvers<undefined>());
  watches.wait = (id, holdMs) => {
    watched?.resolve(undefined);
    return wait(id, holdMs);
  };
  const watching = lease.watch();
  await watched?.promise;
  world.aroundUnwrap = async (unwrap) => {
    asked?.resolve(undefined);
    // azure/vault-calls.ts does the same.
    await suspendSlot("vault", async () => resume?.promise);
    return unwrap();
  };
  const slow = device(0).unlock("unlock");
  await asked?.promise;
  // Both are away: there is one place, and it is free.
  expect((await lease.renew()).payload).toMatchObject({ lease: { sequence: 1 } });
  resume?.resolve(undefined);
  expect(codeOf((await slow).answer)).toBe("answer");
  watches.close();
  await watching;
});
