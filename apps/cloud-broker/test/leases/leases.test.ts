import { setImmediate } from "node:timers/promises";

import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { LeaseClient } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { VAULT_NAME } from "../world/customer-vault.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const OUTAGE = { code: "KeyVaultUnreachable", reason: "timeout" } as const;
const JOB = "leased-order";
let world: BrokerWorld;
let holder: LeaseClient;
beforeEach(async () => {
  world = await openBroker();
  holder = await LeaseClient.unlock(await world.delivered(JOB));
});
afterEach(() => world[Symbol.asyncDispose]());

const pass = (seconds: number) => {
  world.clock.nowMs += seconds * 1000;
};
const probeAfter = async (seconds: number) => {
  pass(seconds);
  return world.broker().probe();
};
const counters = () => world.store().selectFrom("leases").select("last_counter").execute();
/** Any replica may be the one where the node waits, and its wait may begin after its counter. */
const look = async () => {
  for (const { broker } of world.replicas()) await broker.watches.poll();
  await setImmediate();
  return false;
};
/** Until the wait has begun, or there was nothing to wait for. */
const news = async (happen: () => Promise<unknown>) => {
  const counted = (await counters())[0]?.last_counter;
  const watching = holder.watch();
  while ((await counters())[0]?.last_counter === counted) await setImmediate();
  await happen();
  const isTold = watching.then(() => true);
  while (!(await Promise.race([isTold, look()])));
  return watching;
};
const order = () => holder.device.order;
const activity = async (): Promise<Record<string, unknown>[]> => {
  const { json } = await world.call("GET", `${jobPath(JOB)}/activity?${API}`);
  return json.value.map(({ row }: { row: Record<string, unknown> }) => row);
};
const switchUnlocking = (action: "revoke" | "restoreAccess", body: object, roles = ["Owner"]) =>
  world.call("POST", `${jobPath(JOB)}/${action}?${API}`, { body, claims: { roles } });
const preview = (of: string, roles = ["Reader"]) =>
  world.call("GET", `${jobPath(JOB)}/revocations/preview?${API}&of=${of}`, { claims: { roles } });
const scrape = () => world.broker().metrics.registry.metrics();
const credentials = () => world.call("POST", `${jobPath(JOB)}/listCredentials?${API}`, {});

test("a lease counts as open until its time without an answer is over", async () => {
  expect(await scrape()).toContain('databox_ready{reason=""} 1\n');
  expect(await scrape()).toContain("databox_leases_open 1\n");
  const year = { outage_grace_seconds: 31_622_400 };
  await world.store().updateTable("leases").set(year).execute();
  pass(31_622_399);
  expect(await scrape()).toContain("databox_leases_open 1\n");
  pass(11);
  expect(await scrape()).toContain("databox_leases_open 0\n");
});

describe("a renewal", () => {
  test("gives the next lease, and asks no vault", async () => {
    world.vaults.purgeVault(VAULT_NAME);
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
    expect((await holder.renew()).payload).toMatchObject({ lease: { sequence: 2 } });
  });

  test("is not given while the broker knows that its clock is off, so the lease is good once it is right", async () => {
    const rightMs = world.clock.nowMs;
    pass(-3 * 86_400);
    world.clockWatch.note("azure", rightMs);
    expect(await holder.renew()).toMatchObject({
      payload: { code: "IdentityProviderUnreachable", reason: "clock", class: "unreachable" },
    });
    pass(3 * 86_400);
    world.clockWatch.note("azure", rightMs);
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
  });

  // Evidence: A renewal by another credential.
  // Evidence: Void leases.
  test("with a stale sequence, of another boot or with an old counter is invalid, and refuses nothing", async () => {
    await holder.renew();
    await holder.renew();
    for (const change of [{ sequence: 0 }, { bootId: "another-boot-id" }])
      expect(await holder.renew(change)).toMatchObject({
        typ: MESSAGE_TYPES.denial,
        payload: { code: "LeaseInvalid", class: "invalid" },
      });
    expect(await holder.renew({ counter: 1 })).toMatchObject({
      payload: { code: "CounterRollback" },
    });
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
  });

  test("of the lease before the newest unlock is invalid", async () => {
    const second = await LeaseClient.unlock(holder.device);
    expect(await holder.renew()).toMatchObject({ payload: { code: "LeaseInvalid" } });
    expect((await second.renew()).typ).toBe(MESSAGE_TYPES.lease);
  });

  test("of an order that went on to its pick-up is answered by the order to close", async () => {
    await world.operator("pickUp", JOB);
    expect(await holder.renew()).toMatchObject({
      typ: MESSAGE_TYPES.relock,
      payload: { code: "PurposeForbidden", lease: holder.lease.id },
    });
  });
});

describe("a probe", () => {
  test("asks once in an interval about a key that live leases depend on", async () => {
    expect(await world.broker().probe()).toBe(1);
    expect(await world.broker().probe()).toBe(0);
    expect(await probeAfter(30)).toBe(1);
  });

  test("unwraps a canary of the key version, which is not a content key", async () => {
    await probeAfter(0);
    const canaries = await world.store().selectFrom("canaries").selectAll().execute();
    expect(canaries.map(({ kid }) => kid)).toEqual([world.kid]);
    const envelopes = await world.store().selectFrom("envelopes").select("jwe_json").execute();
    for (const { jwe_json: json } of envelopes)
      expect(json).not.toContain(canaries[0]?.encrypted_key);
  });

  // Evidence: Push and fallback.
  test("that finds the key disabled re-locks, and a key that works again does not bring the lease back", async () => {
    await probeAfter(0);
    world.vaults.setEnabled(world.kid, false);
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
    await probeAfter(30);
    const told = await holder.renew();
    expect(told).toMatchObject({
      typ: MESSAGE_TYPES.relock,
      payload: {
        code: "SsemUserErrorEncryptionKeyDisabled",
        class: "refused",
        who: "security-administrator",
        lease: holder.lease.id,
      },
    });
    world.vaults.setEnabled(world.kid, true);
    await probeAfter(30);
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.relock);
    const again = await LeaseClient.unlock(holder.device);
    await probeAfter(30);
    expect((await again.renew()).typ).toBe(MESSAGE_TYPES.lease);
  });

  // Evidence: Outages before the grace period ends.
  test("that reaches no vault changes nothing", async () => {
    await probeAfter(0);
    world.vaults.setOutage(VAULT_NAME, OUTAGE);
    await probeAfter(30);
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
    expect(
      await world.store().selectFrom("probes").select(["state", "checked_at_ms"]).execute(),
    ).toEqual([{ state: "ok", checked_at_ms: world.clock.nowMs - 30_000 }]);
  });

  test("asks about nothing once no lease is alive", async () => {
    await holder.receipt({ outcome: "relocked", cause: "order" });
    expect(await probeAfter(60)).toBe(0);
  });
});

describe("the receipt of a re-lock", () => {
  test("appears in the activity with the time since the refusal, once", async () => {
    await switchUnlocking("revoke", { reason: "stolen" });
    pass(3);
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.relock);
    expect(await scrape()).toContain("databox_relocks_unconfirmed 0");
    pass(61);
    expect(await scrape()).toContain("databox_relocks_unconfirmed 1");
    for (let again = 0; again < 2; again += 1)
      expect((await holder.receipt({ cause: "order" })).typ).toBe(MESSAGE_TYPES.acknowledgement);
    pass(10);
    const metrics = await scrape();
    expect(metrics).toContain("databox_relocks_unconfirmed 0");
    expect(metrics).toContain("databox_relock_seconds_sum 64\n");
    expect(metrics).toContain("databox_relock_seconds_count 1\n");
    const rows = await activity();
    expect(rows.filter(({ action }) => action === "relock")).toHaveLength(1);
    expect(rows.filter(({ action }) => action === "lease/relocked")).toMatchObject([
      {
        serial: holder.device.serial,
        detail: { cause: "order", millisecondsSinceRefusal: 64_000 },
      },
    ]);
  });

  test("of a volume that closed by itself does not count as a time to re-lock", async () => {
    await switchUnlocking("revoke", { reason: "stolen" });
    await holder.receipt({ cause: "boot" });
    expect(await scrape()).toContain("databox_relock_seconds_count 0\n");
  });
});

describe("revoke now", () => {
  test("says before what it would close, keep locked and tell, and does just that", async () => {
    const { serial } = holder.device;
    const told = { groups: [], programs: 0, people: 0 };
    const open = { json: { closes: [serial], staysOpen: [], staysLocked: [], told } };
    expect(await preview("switch")).toMatchObject(open);
    expect(await preview("key")).toMatchObject(open);
    expect(await preview("emergency")).toMatchObject({
      json: { closes: [], staysOpen: [], staysLocked: [] },
    });
    await holder.receipt({ outcome: "relocked", cause: "boot" });
    const locked = { json: { closes: [], staysOpen: [], staysLocked: [serial] } };
    expect(await preview("switch")).toMatchObject(locked);
    expect(await switchUnlocking("revoke", { reason: "stolen" })).toMatchObject({
      json: { leases: 0 },
    });
    const { answer } = await holder.device.unlock("unlock");
    expect(answer).toMatchObject({ kind: "denial", value: { code: "UnlockRevoked" } });
    expect(await preview("switch")).toMatchObject({
      json: { closes: [], staysOpen: [], staysLocked: [] },
    });
    expect(await preview("switch", [])).toMatchObject({ status: 403 });
    expect(await preview("fire")).toMatchObject({
      status: 400,
      json: { error: { code: "InvalidRequestContent" } },
    });
  });

  test("refuses unlock and renewal until access is restored, and each node unlocks again", async () => {
    expect(await switchUnlocking("revoke", { reason: "stolen" })).toMatchObject({
      status: 200,
      json: { leases: 1 },
    });
    expect(await holder.renew()).toMatchObject({ payload: { code: "UnlockRevoked" } });
    const refused = await holder.device.unlock("unlock");
    expect(refused.answer).toMatchObject({ kind: "denial", value: { code: "UnlockRevoked" } });
    expect(await switchUnlocking("restoreAccess", {})).toMatchObject({ json: { lifted: 1 } });
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.relock);
    expect((await (await LeaseClient.unlock(holder.device)).renew()).typ).toBe(MESSAGE_TYPES.lease);
  });

  test("keeps the passkey from being shown, until access is restored", async () => {
    await switchUnlocking("revoke", { reason: "stolen", serial: holder.device.serial });
    expect(await credentials()).toMatchObject({
      status: 403,
      json: { error: { code: "UnlockRevoked" } },
    });
    await switchUnlocking("restoreAccess", { serial: holder.device.serial });
    expect(await credentials()).toMatchObject({ status: 200 });
  });

  test("of one node needs a node of the order", async () => {
    expect(await switchUnlocking("revoke", { reason: "x", serial: "DBX-NONE" })).toMatchObject({
      status: 400,
      json: { error: { code: "InvalidRequestContent" } },
    });
    const { serial } = holder.device;
    expect(await switchUnlocking("revoke", { reason: "x", serial })).toMatchObject({
      json: { leases: 1 },
    });
    expect(await switchUnlocking("restoreAccess", {})).toMatchObject({ json: { lifted: 0 } });
    expect(await switchUnlocking("restoreAccess", { serial })).toMatchObject({
      json: { lifted: 1 },
    });
  });

  test.each(["Reader", "DataBoxReader", "DataBoxOperator"])("is not for %s", async (role) => {
    expect((await switchUnlocking("revoke", { reason: "x" }, [role])).status).toBe(403);
    expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
  });

  test.each([{ kind: "fleet" }, { kind: "subscription" }])(
    "by the operator covers $kind, and a customer cannot lift it",
    async ({ kind }) => {
      const scope = kind === "fleet" ? { kind } : { kind, subscriptionId: order().split("/")[2] };
      const claims = { roles: ["DataBox.Operator"] };
      const body = { reason: "incident", scope };
      expect(await world.call("POST", "/operator/v1/revoke", { body, claims })).toMatchObject({
        status: 200,
        json: { leases: 1 },
      });
      expect(await holder.renew()).toMatchObject({ payload: { code: "UnlockRevoked" } });
      expect(await switchUnlocking("restoreAccess", {})).toMatchObject({ json: { lifted: 0 } });
      expect(
        await world.call("POST", "/operator/v1/restoreAccess", { body: { scope }, claims }),
      ).toMatchObject({ json: { lifted: 1 } });
      await LeaseClient.unlock(holder.device);
    },
  );

  test("that cannot be read grants nothing, and refuses nothing in anybody's name", async () => {
    await world.store().schema.alterTable("revocations").renameTo("unreadable").execute();
    const { answer } = await holder.device.unlock("unlock");
    expect(answer).toMatchObject({ kind: "denial", value: { class: "internal" } });
    expect(await holder.renew()).toMatchObject({
      typ: MESSAGE_TYPES.denial,
      payload: { class: "internal" },
    });
  });
});

describe("a node that waits for news of its lease", () => {
  // Evidence: Push and fallback.
  test("gets the order to close at once when unlocking is revoked, and waits through a renewal", async () => {
    const told = await news(async () => {
      expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
      await switchUnlocking("revoke", { reason: "stolen" });
    });
    expect(told).toMatchObject({
      typ: MESSAGE_TYPES.relock,
      payload: { code: "UnlockRevoked", lease: holder.lease.id },
    });
    expect((await holder.watch()).typ).toBe(MESSAGE_TYPES.relock);
  });

  test("is answered at a drill, and without news when the broker closes; neither renews its lease", async () => {
    const drill = await news(() => world.call("POST", `${jobPath(JOB)}/revocationDrill?${API}`));
    expect(drill).toMatchObject({ typ: MESSAGE_TYPES.lease, payload: { lease: { sequence: 0 } } });
    expect(drill).toHaveProperty("payload.drill");
    for (const { broker } of world.replicas()) broker.watches.close();
    expect(await holder.watch()).toMatchObject({ payload: { lease: { sequence: 0 } } });
  });
});

describe("a wait that renews the lease", () => {
  const renewing = { extensions: { renew: true } };

  test("renews it with the answer, as of the time of the answer, once", async () => {
    for (const { broker } of world.replicas()) broker.watches.close();
    pass(20);
    const { counter } = holder.device.next();
    expect(await holder.watch({ ...renewing, counter })).toMatchObject({
      typ: MESSAGE_TYPES.lease,
      payload: { lease: { sequence: 1 }, extensions: { heldMs: expect.any(Number) } },
    });
    const leases = world.store().selectFrom("leases").select(["sequence", "renewed_at_ms"]);
    expect(await leases.execute()).toEqual([{ sequence: 1, renewed_at_ms: world.clock.nowMs }]);
    expect(await holder.watch({ ...renewing, counter })).toMatchObject({
      payload: { code: "CounterRollback" },
    });
    expect(await holder.watch(renewing)).toMatchObject({ payload: { lease: { sequence: 2 } } });
    expect((await holder.renew()).payload).toMatchObject({ lease: { sequence: 3 } });
  });

  test("gives a node whose answers were lost the same step again, however often", async () => {
    for (const { broker } of world.replicas()) broker.watches.close();
    for (let lost = 0; lost < 3; lost += 1)
      expect(await holder.watch({ ...renewing, sequence: 0 })).toMatchObject({
        payload: { lease: { sequence: 1 } },
      });
    expect((await holder.renew({ sequence: 0 })).payload).toMatchObject({ lease: { sequence: 1 } });
  });

  test("holds the answer, and ends with the order to close", async () => {
    const watching = holder.watch(renewing);
    const isTold = watching.then(() => true);
    for (let turn = 0; turn < 100; turn += 1)
      expect(await Promise.race([isTold, look()])).toBe(false);
    await switchUnlocking("revoke", { reason: "stolen" });
    while (!(await Promise.race([isTold, look()])));
    expect(await watching).toMatchObject({
      typ: MESSAGE_TYPES.relock,
      payload: { code: "UnlockRevoked", lease: holder.lease.id },
    });
  });

  test("brings a drill at once, and is renewed by it", async () => {
    await world.call("POST", `${jobPath(JOB)}/revocationDrill?${API}`);
    expect((await holder.watch(renewing)).payload).toMatchObject({
      drill: expect.any(String),
      lease: { sequence: 1 },
    });
  });
});

describe("a node of an appliance with two nodes", () => {
  test("learns the other's serial number, lock and last report while it waits, and nothing else", async () => {
    const [device, other] = await world.deliveredHeavy("heavy-order");
    if (device === undefined || other === undefined) throw new RangeError();
    for (const { broker } of world.replicas()) broker.watches.close();
    const open = await LeaseClient.unlock(device);
    const siblings = async () => (await open.watch()).payload;
    const { serial } = other;
    pass(5);
    expect(await siblings()).toMatchObject({
      extensions: { siblings: [{ serial, lock: "locked" }] },
    });
    const otherOpen = await LeaseClient.unlock(other);
    pass(7);
    const unlocked = { siblings: [{ serial, lock: "unlocked", lastSeenSeconds: 7 }] };
    expect((await siblings())["extensions"]).toEqual(unlocked);
    await otherOpen.receipt({ cause: "boot" });
    pass(1);
    const locked = { siblings: [{ serial, lock: "locked", lastSeenSeconds: 8 }] };
    expect((await siblings())["extensions"]).toEqual(locked);
    // A refusal after the certificate, which replaces the node's last outcome, changes nothing.
    const store = world.store();
    const row = store.selectFrom("nodes").select("order_id").where("serial", "=", serial);
    await store
      .insertInto("sanitisations")
      .values({
        ...(await row.executeTakeFirstOrThrow()),
        serial,
        certificate: "e30.e30.e30",
        device_jwk_json: "{}",
        created_at_ms: world.clock.nowMs,
      })
      .execute();
    expect((await other.unlock("fill")).answer.kind).toBe("denial");
    const renewed = await open.watch({ extensions: { renew: true } });
    expect(renewed.payload).toMatchObject({ extensions: { siblings: [{ lock: "erased" }] } });
    const erased = { siblings: [{ serial, lock: "erased", lastSeenSeconds: 0 }] };
    expect((await siblings())["extensions"]).toEqual(erased);
    expect((await holder.watch()).payload).not.toHaveProperty("extensions");
  });
});

describe("a revocation drill", () => {
  // Evidence: Revocation drills.
  test("reaches the node with its renewal, is answered by its receipt, and leaves the lease alive", async () => {
    const drill = () => world.call("GET", `${jobPath(JOB)}/revocationDrill?${API}`);
    expect(await drill()).toMatchObject({ status: 200, json: { value: [] } });
    await world.call("POST", `${jobPath(JOB)}/revocationDrill?${API}`);
    pass(2);
    const { typ, payload } = await holder.renew();
    expect(typ).toBe(MESSAGE_TYPES.lease);
    pass(1);
    await holder.receipt({ outcome: "drilled", drill: String(payload["drill"]) });
    expect((await drill()).json.value).toMatchObject([
      { serial: holder.device.serial, elapsedMs: 3000 },
    ]);
    expect((await holder.renew()).payload).not.toHaveProperty("drill");
  });
});
