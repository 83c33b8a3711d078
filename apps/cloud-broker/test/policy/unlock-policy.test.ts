// @module-tag one-engine
import {
  MESSAGE_TYPES,
  parseWith,
  type PurposeTerms,
  type UnlockPolicy,
  unlockPolicyView,
} from "@databox-cmk/protocol";
import { LeaseClient } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { jobPath, minimalJob, OLDER_API as API } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const STRICT: UnlockPolicy = {
  outageGrace: "PT15M",
  leaseTtlSeconds: 30,
  offline: { allowed: false, lease: { kind: "boots", boots: 2 } },
  release: {
    windows: [{ days: ["Mon", "Tue"], from: "08:00", to: "18:00", timeZone: "Europe/Berlin" }],
    approvals: {
      required: 1,
      approvers: ["22222222-2222-4222-8222-222222222222"],
      expiresAfterSeconds: 3600,
    },
    breakGlass: true,
  },
};

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
  await world.call("PUT", `${jobPath("order1")}?${API}`, { body: minimalJob() });
});
afterAll(() => world[Symbol.asyncDispose]());

const path = (job: string) => `${jobPath(job)}/unlockPolicy?${API}`;
const read = (job = "order1") => world.call("GET", path(job));
const write = (body: object, headers: Record<string, string> = {}, job = "order1") =>
  world.call("PUT", path(job), { body, headers });

describe("the unlock policy of an order", () => {
  test("is the broker's own until its owner writes one, and says so", async () => {
    const { status, headers, json } = await read();
    expect(status).toBe(200);
    expect(headers["etag"]).toBe('"default"');
    expect(parseWith(unlockPolicyView, json)).toMatchObject({
      ok: true,
      value: {
        source: "default",
        outageGrace: "P1D",
        leaseTtlSeconds: 60,
        offline: { allowed: true },
        release: { windows: [], approvals: { required: 0 }, breakGlass: false },
      },
    });
  });

  test("is written whole, read back as written, and written again as read", async () => {
    const { etag } = (await read()).headers;
    const written = await write(STRICT, { "if-match": String(etag) });
    expect(written).toMatchObject({ status: 200, json: { ...STRICT, source: "order" } });
    const found = await read();
    expect(found.json).toEqual(written.json);
    expect(found.headers["etag"]).toBe(written.headers["etag"]);
    expect((await write(found.json)).json).toMatchObject(STRICT);
  });

  test("is not overwritten by a writer who read an older one", async () => {
    const stale = '"default"';
    await write(STRICT);
    const refused = await write(STRICT, { "if-match": stale });
    expect(refused).toMatchObject({
      status: 412,
      json: { error: { code: "PreconditionFailed", target: "If-Match" } },
    });
  });

  test("of two writers at once has one audit row for each that was answered", async () => {
    const { etag } = (await read()).headers;
    const tag = { "if-match": String(etag) };
    const before = await auditRows();
    const answers = await Promise.all([write(STRICT, tag), write(STRICT, tag), write(STRICT, tag)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
    const after = await auditRows();
    expect(after).toHaveLength(before.length + 1);
    expect(after.at(-1)).toMatchObject({
      actor: { kind: "caller" },
      detail: { before: JSON.stringify(STRICT), after: JSON.stringify(STRICT) },
    });
  });

  const WRONG: readonly (readonly [string, object, string, string])[] = [
    ["without a member", { ...STRICT, release: undefined }, "release", "expected object"],
    ["with a member too many", { ...STRICT, admin: true }, "body", "unknown member admin"],
    ["with an unknown grace", { ...STRICT, outageGrace: "1d" }, "outageGrace", "expected none,"],
    [
      "with a lease too short to renew",
      { ...STRICT, leaseTtlSeconds: 9 },
      "leaseTtlSeconds",
      "less than 10",
    ],
    [
      "with a time zone that is none",
      windows({ timeZone: "Mars/Olympus" }),
      "release.windows.0.timeZone",
      "expected a time zone of IANA's",
    ],
    [
      "with an hour that no clock shows",
      windows({ from: "24:00" }),
      "release.windows.0.from",
      "expected HH:MM",
    ],
    [
      "with a day twice",
      windows({ days: ["Mon", "Mon"] }),
      "release.windows.0.days",
      "a day is named twice",
    ],
    [
      "with more approvals than approvers",
      approvals({ required: 2 }),
      "release.approvals.required",
      "more than the approvers that are named",
    ],
    [
      "with an approver by name",
      approvals({ approvers: ["ada@example.com"] }),
      "release.approvals.approvers.0",
      "expected an object id",
    ],
    [
      "with a network by name",
      { ...STRICT, purposes: { fill: ownTerms({ networks: ["datacenter"] }) } },
      "purposes.fill.networks.0",
      "expected an address or a network",
    ],
    [
      "with a network of all addresses",
      { ...STRICT, purposes: { ingest: ownTerms({ networks: ["192.0.2.1", "::/0"] }) } },
      "purposes.ingest.networks.1",
      "a network of all addresses",
    ],
    [
      "with terms of a purpose that has none",
      { ...STRICT, purposes: { prepare: ownTerms({}) } },
      "purposes",
      "unknown member prepare",
    ],
  ];
  test.each(WRONG)(
    "is refused %s, by the name of the member",
    async (_name, body, target, text) => {
      const { status, json } = await write(body);
      expect({ status, target: json.error.target }).toEqual({ status: 400, target });
      expect(json.error.message).toContain(`${target}: ${text}`);
    },
  );

  test("is refused once the order has ended, and still readable", async () => {
    await world.call("PUT", `${jobPath("ended")}?${API}`, { body: minimalJob() });
    await world.call("POST", `${jobPath("ended")}/cancel?${API}`, { body: { reason: "test" } });
    const { status, json } = await write(STRICT, {}, "ended");
    expect(status).toBe(409);
    expect(json.error).toMatchObject({
      code: "OrderStageForbids",
      details: [{ code: "policy" }, { code: "detail" }],
    });
    expect((await read("ended")).status).toBe(200);
  });
});

// Evidence: Outage grace.
test("a grant's lease is on the policy's terms, and a change reaches it at its next renewal", async () => {
  await using whole = await openBroker();
  const device = await whole.delivered("leased-order");
  const policy = `${jobPath("leased-order")}/unlockPolicy?${API}`;
  const open = { ...STRICT, release: { ...STRICT.release, windows: [], approvals: none } };
  await whole.call("PUT", policy, { body: open });
  const holder = await LeaseClient.unlock(device);
  expect(holder.lease).toMatchObject({ ttlSeconds: 30, outageGraceSeconds: 900 });
  await whole.call("PUT", policy, {
    body: { ...open, outageGrace: "untilReboot", leaseTtlSeconds: 60 },
  });
  expect((await holder.renew()).typ).toBe(MESSAGE_TYPES.lease);
  expect(holder.lease).toMatchObject({ ttlSeconds: 60, graceUntilReboot: true });
});

// Evidence: Outage grace.
test("each outage grace reaches the appliance as its own terms, and the lease's own time is never cut", async () => {
  await using whole = await openBroker();
  const device = await whole.delivered("graces");
  const policy = `${jobPath("graces")}/unlockPolicy?${API}`;
  for (const [outageGrace, terms] of [
    ["none", { outageGraceSeconds: 0 }],
    ["PT15M", { outageGraceSeconds: 900 }],
    ["P1D", { outageGraceSeconds: 86_400 }],
    ["PT90S", { outageGraceSeconds: 90 }],
    ["untilReboot", { outageGraceSeconds: 0, graceUntilReboot: true }],
  ] as const) {
    const release = { windows: [], approvals: none, breakGlass: false };
    const body = { ...STRICT, outageGrace, leaseTtlSeconds: 60, release };
    expect((await whole.call("PUT", policy, { body })).status).toBe(200);
    const { id, sequence, ...given } = (await LeaseClient.unlock(device)).lease;
    expect({ outageGrace, given, sequence }).toEqual({
      outageGrace,
      given: { ttlSeconds: 60, ...terms },
      sequence: 0,
    });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test("an order whose policy demands it has its key read at each unlock, until that is loosened", async () => {
  await using whole = await openBroker();
  const device = await whole.delivered("fresh");
  const at = `${jobPath("fresh")}/unlockPolicy?${API}`;
  const release = { windows: [], approvals: none, breakGlass: false };
  const put = async (freshKey?: boolean) => {
    const body = { ...STRICT, release, ...(freshKey !== undefined && { freshKey }) };
    return (await whole.call("PUT", at, { body })).json;
  };
  const gets = vi.spyOn(whole.vaults.port, "getKey");
  const getsOfAnUnlock = async () => {
    gets.mockClear();
    await LeaseClient.unlock(device);
    return gets.mock.calls.length;
  };
  await put();
  await getsOfAnUnlock();
  expect(await getsOfAnUnlock()).toBe(0);
  expect(await put(true)).toMatchObject({ freshKey: true });
  // A write without it keeps it.
  expect(await put()).toMatchObject({ freshKey: true });
  expect([await getsOfAnUnlock(), await getsOfAnUnlock()]).toEqual([1, 1]);
  expect(await put(false)).toMatchObject({ freshKey: false });
  expect(await getsOfAnUnlock()).toBe(0);
});

test("an import is read on terms of its own: from where, and with which approvals", async () => {
  await using whole = await openBroker();
  const device = await whole.delivered("ingested");
  const at = `${jobPath("ingested")}/unlockPolicy?${API}`;
  const release = { windows: [], approvals: none, breakGlass: false };
  const put = async (purposes?: UnlockPolicy["purposes"]) => {
    const offline = { ...STRICT.offline, allowed: true };
    const body = { ...STRICT, offline, release, ...(purposes && { purposes }) };
    return (await whole.call("PUT", at, { body })).json;
  };
  const elsewhere = { ingest: ownTerms({ networks: ["203.0.113.0/24"] }) };
  expect(await put(elsewhere)).toMatchObject({ purposes: elsewhere });
  expect(await put()).toMatchObject({ purposes: elsewhere });
  expect((await device.unlock("unlock")).answer.kind).toBe("answer");
  // The passkey would open the volume at the datacenter, too.
  const credentials = `${jobPath("ingested")}/listCredentials?${API}`;
  const withheld = async () => (await whole.call("POST", credentials)).json.error;
  expect(await withheld()).toMatchObject({
    code: "CredentialsWithheld",
    message: expect.stringContaining("purposes.ingest"),
    details: [{ code: "network" }, { code: "detail" }],
  });
  await whole.operator("pickUp", "ingested");
  await whole.operator("receive", "ingested");
  expect((await device.unlock("unlock")).answer).toMatchObject({
    kind: "denial",
    value: { code: "PurposeForbidden", reason: "ingest" },
  });
  expect((await device.unlock("ingest")).answer).toMatchObject({
    kind: "denial",
    value: { code: "PurposeForbidden", reason: "network", message: expect.stringMatching("127.0") },
  });
  // A used-up limit of the day hides no attempt from elsewhere: the refusal has its row.
  const budget = `${jobPath("ingested")}/unlockBudget?${API}`;
  await whole.call("PUT", budget, { body: { unlocksPerDay: 1 } });
  await whole.store().updateTable("unlock_budgets").set({ used: 1 }).execute();
  expect((await device.unlock("ingest")).answer).toMatchObject({
    value: { code: "PurposeForbidden", reason: "network" },
  });
  expect((await whole.audit(device.order)).at(-1)).toMatchObject({
    action: "unlock",
    outcome: "refused",
    code: "PurposeForbidden",
    reason: "network",
  });
  await whole.call("DELETE", budget);
  const { text: challenge } = await device.prepareChallenge({
    payload: (asked) => ({ ...asked, purpose: "ingest" }),
  });
  const carried = await whole.call("POST", `${jobPath("ingested")}/offlineUnlocks?${API}`, {
    body: { challenge },
  });
  expect(carried.json.error).toMatchObject({
    code: "PurposeForbidden",
    details: [{ code: "network" }, { code: "detail" }],
  });
  await put({
    ingest: ownTerms({
      networks: ["192.0.2.1", "127.0.0.0/8"],
      approvals: { ...none, required: 1 },
    }),
  });
  expect((await device.unlock("ingest")).answer).toMatchObject({
    kind: "pending",
    value: { approval: { required: 1 } },
  });
  expect(await withheld()).toMatchObject({ details: [{ code: "approvals" }, { code: "detail" }] });
  // One person cannot lift the terms of a purpose that requires approvals.
  expect((await put({})).error.code).toBe("ChangeNeedsApproval");
});

const none = { required: 0, approvers: [], expiresAfterSeconds: 3600 };

function windows(change: object): object {
  const [first] = STRICT.release.windows;
  return { ...STRICT, release: { ...STRICT.release, windows: [{ ...first, ...change }] } };
}

function ownTerms(change: Partial<PurposeTerms>): PurposeTerms {
  return { networks: [], windows: [], approvals: none, ...change };
}

function approvals(change: object): object {
  const { release } = STRICT;
  return { ...STRICT, release: { ...release, approvals: { ...release.approvals, ...change } } };
}

async function auditRows(): Promise<unknown[]> {
  return (await world.audit()).filter(({ action }) => action === "policy/write");
}
