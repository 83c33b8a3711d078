import { approvalList, approvalView, type UnlockPolicy } from "@databox-cmk/protocol";
import { type DeviceClient, type PreparedUnlock, required } from "@databox-cmk/testkit";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { VAULT_NAME } from "../world/customer-vault.ts";
import { exactly } from "../world/exactly.ts";
import { API, jobPath, SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "guarded";
const person = (digit: string) => `${digit.repeat(8)}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`;
const ADA = person("a");
const BEN = person("b");
const CEM = person("c");
const DUA = person("d");

let world: BrokerWorld;
let device: DeviceClient;
beforeEach(async () => {
  world = await openBroker({ settings: { WEBHOOK_URLS: "https://receiver.example/hook" } });
  device = await world.delivered(JOB);
});
afterEach(() => world[Symbol.asyncDispose]());

type Release = UnlockPolicy["release"];
const require2 = { required: 2, approvers: [], expiresAfterSeconds: 3600 };
const setRelease = (release: Partial<Release>) =>
  world.call("PUT", `${jobPath(JOB)}/unlockPolicy?${API}`, {
    body: {
      outageGrace: "P1D",
      leaseTtlSeconds: 60,
      offline: { allowed: true, lease: { kind: "boots", boots: 1 } },
      release: { windows: [], approvals: require2, breakGlass: false, ...release },
      acceptUnknownApprovers: true,
    } satisfies UnlockPolicy & { acceptUnknownApprovers: true },
  });
const as = (oid: string, roles: readonly string[] = ["DataBoxApprover"]) => ({
  claims: { oid, roles },
});
const list = async (caller?: ReturnType<typeof as>) => {
  const { json } = await world.call("GET", `${jobPath(JOB)}/approvals?${API}`, caller);
  return exactly(approvalList, json).value;
};
const newest = async (caller?: ReturnType<typeof as>) => required((await list(caller))[0]);
const say = async (
  word: "approve" | "reject",
  oid: string,
  options: { id?: string; roles?: readonly string[] } = {},
) =>
  world.call(
    "POST",
    `${jobPath(JOB)}/approvals/${options.id ?? (await newest()).id}/${word}?${API}`,
    { ...as(oid, options.roles), body: { reason: "seen on site" } },
  );
const limit = (unlocksPerDay: number) =>
  world.call("PUT", `${jobPath(JOB)}/unlockBudget?${API}`, { body: { unlocksPerDay } });
const ask = () =>
  device.prepareUnlock("unlock", {
    payload: (payload) => ({ ...payload, reason: "restore of Köln" }),
  });
const kindOf = async (prepared: PreparedUnlock) => {
  const answer = await device.sendUnlock(prepared);
  if (answer.kind === "denial") return `${answer.value.code} ${answer.value.reason ?? ""}`.trim();
  return answer.kind === "answer" ? "grant" : answer.kind;
};
const pass = (seconds: number) => {
  world.clock.nowMs += seconds * 1000;
};
const rows = () => world.audit(device.order);
const waiting = async (release: Partial<Release> = {}) => {
  await setRelease(release);
  const prepared = await ask();
  expect(await kindOf(prepared)).toBe("pending");
  return prepared;
};

const mine = async (oid: string, roles?: readonly string[]) => {
  const path = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DataBox/approvals?${API}`;
  const { json } = await world.call("GET", path, as(oid, roles));
  return exactly(approvalList, json).value.map(({ orderName }) => orderName);
};

const openIt = (body: object = { reason: "patient data needed" }, roles = ["Owner"]) =>
  world.call("POST", `${jobPath(JOB)}/breakGlass?${API}`, { ...as(ADA, roles), body });
const show = () =>
  world.call("POST", `${jobPath(JOB)}/listCredentials?${API}`, { ...as(ADA, ["Owner"]) });

test("a way that only a newer replica knows fails no list", async () => {
  await waiting();
  await world
    .store()
    .updateTable("approvals")
    .set({ way: sql`'courier'` })
    .execute();
  expect(await list()).toMatchObject([{ way: "offline", state: "waiting" }]);
});

describe("an unlock that needs two approvals", () => {
  test("waits, shows its approvers what they decide about, and is granted to the very same request", async () => {
    const prepared = await waiting();
    expect(await newest()).toMatchObject({
      serial: device.serial,
      way: "network",
      purpose: "unlock",
      reason: "restore of Köln",
      place: { city: "San Francisco", country: "US" },
      kid: world.kid,
      stage: "Delivered",
      state: "waiting",
      required: 2,
      decisions: [],
      mayDecide: true,
    });
    expect(await mine(BEN)).toEqual([JOB]);
    expect(await mine(BEN, ["DataBoxReader"])).toEqual([]);
    expect(await newest(as(BEN, ["DataBoxReader"]))).toMatchObject({ mayDecide: false });
    expect((await say("approve", ADA)).status).toBe(200);
    // Longer than any nonce lives.
    pass(1800);
    const answer = await device.sendUnlock(prepared);
    expect(answer).toMatchObject({
      kind: "pending",
      value: { approval: { required: 2, given: 1, expiresInSeconds: 1800 } },
    });
    const decided = await say("approve", BEN);
    expect(exactly(approvalView, decided.json)).toMatchObject({ state: "approved" });
    const granted = await device.sendUnlock(prepared);
    if (granted.kind !== "answer") throw new Error(granted.kind);
    expect((await device.open(granted.value, prepared)).byteLength).toBe(32);
    expect(await newest()).toMatchObject({ state: "released" });
    expect((await rows()).at(-1)).toMatchObject({
      action: "unlock",
      outcome: "granted",
      detail: { reason: "restore of Köln", approvedBy: expect.any(String) as string },
    });
  });

  test("is granted once: later the same request is a replay, and a new one needs new approvals", async () => {
    const prepared = await waiting();
    await say("approve", ADA);
    await say("approve", BEN);
    expect(await kindOf(prepared)).toBe("grant");
    pass(120);
    expect(await kindOf(prepared)).toBe("ReplayDetected");
    expect(await kindOf(await ask())).toBe("pending");
  });

  test("counts one person once", async () => {
    const prepared = await waiting();
    await say("approve", ADA);
    await say("approve", ADA);
    expect(await kindOf(prepared)).toBe("pending");
    expect((await newest()).decisions).toHaveLength(1);
  });

  test.each([
    ["role was removed", () => world.assignments.delete(ADA)],
    ["account was disabled or deleted", () => world.disabled.add(ADA)],
  ])("ignores the vote of a person whose %s", async (_what, leave) => {
    const scope = "/subscriptions/44444444-4444-4444-8444-444444444444";
    const role = { roleDefinitionId: "add466c9-e687-43fc-8d98-dfcf8d720be5", scope };
    world.assignments.set(ADA, [role]).set(BEN, [role]);
    const prepared = await waiting();
    expect((await say("approve", ADA, { roles: [] })).status).toBe(200);
    leave();
    pass(60);
    expect((await say("approve", BEN, { roles: [] })).status).toBe(200);
    expect(await kindOf(prepared)).toBe("pending");
    world.assignments.set(CEM, [role]);
    await say("approve", CEM, { roles: [] });
    expect(await kindOf(prepared)).toBe("grant");
  });

  test("keeps both votes while the broker may not read roles, and tells why it waits", async () => {
    const scope = "/subscriptions/44444444-4444-4444-8444-444444444444";
    const role = { roleDefinitionId: "add466c9-e687-43fc-8d98-dfcf8d720be5", scope };
    world.assignments.set(ADA, [role]).set(BEN, [role]).set(CEM, [role]);
    const prepared = await waiting();
    await say("approve", ADA, { roles: [] });
    await say("approve", BEN, { roles: [] });
    pass(60);
    world.hidden.roles = { code: "ResourceManagerUnreachable", reason: "roles-hidden" };
    expect(await kindOf(prepared)).toBe("ResourceManagerUnreachable roles-hidden");
    const path = `${jobPath(JOB)}/approvals?${API}`;
    expect((await world.call("GET", path, as(CEM, []))).status).toBe(503);
    world.hidden.roles = undefined;
    expect(await kindOf(prepared)).toBe("grant");
  });

  test("counts an app role's word for an hour, as long as its token may have lived", async () => {
    const prepared = await waiting({ approvals: { ...require2, expiresAfterSeconds: 86_400 } });
    await say("approve", ADA);
    pass(3600);
    await say("approve", BEN);
    expect(await kindOf(prepared)).toBe("pending");
    await say("approve", ADA);
    expect(await kindOf(prepared)).toBe("grant");
  });

  test("is refused finally by one rejection, which names the person and the reason", async () => {
    const prepared = await waiting();
    await say("approve", ADA);
    await say("reject", BEN);
    const answer = await device.sendUnlock(prepared);
    expect(answer).toMatchObject({
      kind: "denial",
      status: 403,
      value: {
        code: "ApprovalRejected",
        class: "refused",
        message: expect.stringContaining("seen on site") as string,
      },
    });
    expect((await say("approve", CEM)).json.error).toMatchObject({ code: "ApprovalClosed" });
  });

  test("is refused finally by a rejection though the limit of the day is used up, when approvers are not asked", async () => {
    await limit(2);
    expect(await kindOf(await ask())).toBe("grant");
    const prepared = await waiting();
    expect((await limit(1)).json).toMatchObject({ usedToday: 1 });
    expect(await kindOf(await ask())).toBe("RateLimited");
    expect(await kindOf(prepared)).toBe("pending");
    expect(await list()).toHaveLength(1);
    await say("reject", BEN);
    expect(await kindOf(prepared)).toMatch(/^ApprovalRejected/);
  });

  test("may be decided by those who are named only", async () => {
    const prepared = await waiting({ approvals: { ...require2, approvers: [ADA, BEN, CEM] } });
    expect((await say("approve", DUA, { roles: ["Owner"] })).json.error).toMatchObject({
      code: "ApprovalForbidden",
      details: expect.arrayContaining([
        expect.objectContaining({ code: "not-named" }),
      ]) as unknown[],
    });
    const { id } = await newest();
    await say("approve", ADA, { id });
    // Nobody takes the decision from the others.
    expect((await setRelease({ approvals: { ...require2, approvers: [BEN, CEM] } })).status).toBe(
      409,
    );
    // The refused change waits, too, and was opened at the same moment.
    await say("approve", BEN, { id });
    expect(await kindOf(prepared)).toBe("grant");
  });

  test("is closed to readers and to operators of an order", async () => {
    await waiting();
    for (const roles of [["Reader"], ["DataBoxReader"], ["DataBoxOperator"], []])
      expect((await say("approve", ADA, { roles })).status).toBe(403);
    expect((await newest()).decisions).toEqual([]);
  });

  const ENDS: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    [
      "it has expired, to the second",
      () => {
        pass(3600);
        return Promise.resolve();
      },
      "ApprovalExpired time",
    ],
    [
      "unlocking was revoked, and allowed again",
      async () => {
        pass(1);
        await world.call("POST", `${jobPath(JOB)}/revoke?${API}`, { body: { reason: "lost" } });
        pass(1);
        const restore = () =>
          world.call("POST", `${jobPath(JOB)}/restoreAccess?${API}`, { body: {} });
        await restore();
        const change = (await list()).find(({ way }) => way === "change");
        for (const who of [ADA, BEN]) await say("approve", who, { id: change?.id ?? "none" });
        expect((await restore()).json).toMatchObject({ lifted: 1 });
      },
      "ApprovalExpired revoked",
    ],
    [
      "its node sent a new request",
      async () => device.sendUnlock(await ask()),
      "ApprovalExpired superseded",
    ],
  ];
  test.each(ENDS)("ends when %s", async (_name, happen, expected) => {
    const prepared = await waiting();
    const { id } = await newest();
    await say("approve", ADA);
    await say("approve", BEN);
    await happen();
    const refused = await say("approve", CEM, { id });
    expect({ status: refused.status, code: refused.json.error.code }).toEqual({
      status: 409,
      code: "ApprovalClosed",
    });
    expect(await kindOf(prepared)).toBe(expected);
    const shown = (await list()).find((each) => each.id === id);
    expect(shown?.state).toMatch(/^(?:expired|void)$/);
  });

  test("ends when the stage of its order changes", async () => {
    device = await world.prepared("moving");
    await world.operator("dispatch", "moving");
    const policy = await world.call("GET", `${jobPath("moving")}/unlockPolicy?${API}`);
    await world.call("PUT", `${jobPath("moving")}/unlockPolicy?${API}`, {
      body: {
        ...policy.json,
        release: { windows: [], breakGlass: false, approvals: { ...require2, required: 1 } },
      },
    });
    const prepared = await ask();
    expect(await kindOf(prepared)).toBe("pending");
    await world.operator("deliver", "moving");
    expect(await kindOf(prepared)).toBe("ApprovalExpired stage");
  });

  test("ends with its row in the audit trail when its appliance no longer polls", async () => {
    await waiting();
    pass(3600);
    await world.broker().sweep();
    await world.broker().sweep();
    const ends = (await rows()).filter(({ action }) => action === "approval/end");
    expect(ends).toMatchObject([{ code: "ApprovalExpired", reason: "time" }]);
    expect(await newest()).toMatchObject({ state: "expired", mayDecide: false });
  });

  test("survives an unreachable vault without a new request", async () => {
    const prepared = await waiting();
    await say("approve", ADA);
    await say("approve", BEN);
    world.vaults.setOutage(VAULT_NAME, { code: "KeyVaultUnreachable", reason: "timeout" });
    expect(await kindOf(prepared)).toBe("KeyVaultUnreachable timeout");
    world.vaults.setOutage(VAULT_NAME, undefined);
    expect(await kindOf(prepared)).toBe("grant");
  });

  test("survives a restart of the broker", async () => {
    const prepared = await waiting();
    await say("approve", ADA);
    await world.restart();
    device.use(world.transport());
    await say("approve", BEN);
    expect(await kindOf(prepared)).toBe("grant");
  });

  test("is sent to receivers of events, with the facts for a decision", async () => {
    const bodies: string[] = [];
    world.receivers.post = (_url, _headers, body) => {
      bodies.push(body);
      return Promise.resolve({ status: 204 });
    };
    await waiting();
    await say("approve", ADA);
    await world.broker().deliverEvents();
    const events = bodies.map((body) => JSON.parse(body) as Record<string, unknown>);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "com.databox-cmk.approval.waiting",
        subject: device.order,
        data: expect.objectContaining({
          serial: device.serial,
          reason: "restore of Köln",
          required: 2,
        }) as object,
      }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: "com.databox-cmk.approval.decided" }),
    );
  });
});

describe("the requests that wait for me", () => {
  test("is open, mine to decide, and not yet approved by me", async () => {
    await waiting({ approvals: { ...require2, approvers: [ADA, BEN] } });
    expect(await mine(ADA)).toEqual([JOB]);
    expect(await mine(CEM)).toEqual([]);
    await say("approve", ADA);
    expect(await mine(ADA)).toEqual([]);
    expect(await mine(BEN)).toEqual([JOB]);
    pass(3600);
    expect(await mine(BEN)).toEqual([]);
  });
});

describe("a release window", () => {
  // The world's clock shows Friday, 2 January 2026, 03:04 UTC: 04:04 in Berlin.
  const window = { days: ["Fri"], from: "08:00", to: "18:00", timeZone: "Europe/Berlin" } as const;
  const windows: Release["windows"] = [{ ...window, days: ["Fri"] }];
  const automatic = { ...require2, required: 0 };

  test("that is closed says when it opens, and opens to the minute", async () => {
    await setRelease({ windows, approvals: automatic });
    const answer = await device.sendUnlock(await ask());
    expect(answer).toMatchObject({
      kind: "denial",
      value: {
        code: "ReleaseWindowClosed",
        class: "pending",
        retryAfterSeconds: Math.ceil(
          (Date.parse("2026-01-02T07:00:00Z") - world.clock.nowMs) / 1000,
        ),
      },
    });
    expect(JSON.stringify(answer)).toContain("2026-01-02T07:00:00.000Z");
    world.clock.nowMs = Date.parse("2026-01-02T07:00:00Z");
    expect(await kindOf(await ask())).toBe("grant");
    world.clock.nowMs = Date.parse("2026-01-02T17:00:00Z");
    expect(await kindOf(await ask())).toBe("ReleaseWindowClosed");
  });
});

describe("a break-glass", () => {
  test("is refused, and audited, unless the policy allows it", async () => {
    await setRelease({});
    expect((await openIt()).json.error).toMatchObject({ code: "BreakGlassForbidden" });
    expect((await rows()).at(-1)).toMatchObject({
      action: "order/breakGlass",
      outcome: "refused",
      detail: { reason: "patient data needed" },
    });
  });

  test("is not for approvers", async () => {
    await setRelease({ breakGlass: true });
    expect((await openIt(undefined, ["DataBoxApprover"])).status).toBe(403);
  });

  test("releases one unlock, also one that waits, and is named in its row", async () => {
    const prepared = await waiting({ breakGlass: true });
    const { json } = await openIt();
    expect(await kindOf(prepared)).toBe("grant");
    expect((await rows()).at(-1)).toMatchObject({
      action: "unlock",
      detail: { breakGlass: json.id as string },
    });
    const queued = await world.store().selectFrom("webhook_deliveries").select("body").execute();
    const used = { breakGlassId: json.id as string };
    expect(queued.map(({ body }) => JSON.parse(body) as unknown)).toContainEqual(
      expect.objectContaining({
        type: "com.databox-cmk.emergency.used",
        data: expect.objectContaining(used) as unknown,
      }),
    );
    expect(await kindOf(await ask())).toBe("pending");
  });

  test("is over after fifteen minutes", async () => {
    await setRelease({ breakGlass: true });
    await openIt();
    pass(15 * 60);
    expect(await kindOf(await ask())).toBe("pending");
  });

  test("is worth nothing against the kill switch", async () => {
    await setRelease({ breakGlass: true });
    await openIt();
    await world.call("POST", `${jobPath(JOB)}/revoke?${API}`, { body: { reason: "stolen" } });
    expect(await kindOf(await ask())).toBe("UnlockRevoked");
  });

  test("shows no passkey once a switch was activated for a node, though it was turned off", async () => {
    await setRelease({ breakGlass: true });
    await openIt();
    const scope = { kind: "node", order: jobPath(JOB), serial: device.serial };
    const claims = { roles: ["DataBox.Operator"] };
    const body = { reason: "stolen", scope };
    expect((await world.call("POST", "/operator/v1/revoke", { body, claims })).status).toBe(200);
    const restored = await world.call("POST", "/operator/v1/restoreAccess", {
      body: { scope },
      claims,
    });
    expect(restored.json).toMatchObject({ lifted: 1 });
    expect((await show()).json.error).toMatchObject({ code: "CredentialsWithheld" });
  });

  test("is needed to see the passkey of an order that asks for approvals, once", async () => {
    await setRelease({ breakGlass: true });
    expect((await show()).json.error).toMatchObject({ code: "CredentialsWithheld" });
    await openIt();
    expect((await show()).status).toBe(200);
    expect((await show()).json.error).toMatchObject({ code: "CredentialsWithheld" });
  });
});

const tightenDuringUnwrap = (release: Partial<Release>): void => {
  world.aroundUnwrap = async (unwrap) => {
    const unwrapped = await unwrap();
    world.aroundUnwrap = undefined;
    expect((await setRelease(release)).status).toBe(200);
    return unwrapped;
  };
};

describe("a policy that becomes stricter during the vault's call", () => {
  const open = { approvals: { ...require2, required: 0 } };

  test("withholds the key of a request that needs approvals now", async () => {
    await setRelease(open);
    tightenDuringUnwrap({});
    expect(await kindOf(await ask())).toBe("BrokerBusy");
    expect(await kindOf(await ask())).toBe("pending");
  });

  test("withholds the key of a request that was approved by too few", async () => {
    const prepared = await waiting({ approvals: { ...require2, required: 1 } });
    await say("approve", ADA);
    tightenDuringUnwrap({});
    expect(await kindOf(prepared)).toBe("BrokerBusy");
    expect(await kindOf(prepared)).toBe("pending");
    await say("approve", BEN);
    expect(await kindOf(prepared)).toBe("grant");
  });

  test("withholds the passkey", async () => {
    await setRelease(open);
    tightenDuringUnwrap({});
    expect((await show()).json.error).toMatchObject({ code: "CredentialsWithheld" });
    expect((await rows()).at(-1)).toMatchObject({
      action: "order/listCredentials",
      outcome: "refused",
    });
  });
});
