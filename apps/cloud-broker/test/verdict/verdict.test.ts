import { generateKeyPairSync } from "node:crypto";

import { ERRORS } from "@databox-cmk/errors";
import {
  approvalList,
  jobResource,
  jobResourceList,
  keyHealthView,
  operatorOrder,
  orderNodes,
  orderSummaryPage,
  STAGE_NAMES,
  type UnlockPolicy,
} from "@databox-cmk/protocol";
import { type DeviceClient, LeaseClient } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { decideConsequences } from "../../src/core/decide-consequences.ts";
import { foldOrderId } from "../../src/core/order.ts";
import { defaultUnlockPolicy } from "../../src/core/unlock-policy.ts";
import { renderTime } from "../../src/core/wire-time.ts";
import { readVerdict, readVerdicts } from "../../src/release/verdict/read-verdicts.ts";
import { exactly } from "../world/exactly.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
});
afterAll(() => world[Symbol.asyncDispose]());

const OPERATOR = { claims: { roles: ["DataBox.Operator"] } };
const call = async (job: string, method: string, path: string, body?: object) => {
  const answer = await world.call(
    method,
    `${jobPath(job)}${path}?${API}`,
    body === undefined ? {} : { body },
  );
  expect(answer.status).toBeLessThan(300);
  return answer.json;
};
const writePolicy = async (job: string, changed: (policy: UnlockPolicy) => object) => {
  const policy = await call(job, "GET", "/unlockPolicy");
  await call(job, "PUT", "/unlockPolicy", {
    ...policy,
    ...changed(policy),
    acceptUnknownApprovers: true,
  });
};
const release = (policy: UnlockPolicy, changed: object) => ({
  release: { ...policy.release, ...changed },
});
const closed = { days: ["Mon"], from: "00:00", to: "00:01", timeZone: "UTC" };
const approvals = (required: number, approvers: string[] = []) => ({
  approvals: { required, approvers, expiresAfterSeconds: 3600 },
});
const GHOST = "99999999-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const revokeBy = async (scope: object) => {
  const body = { scope, reason: "reported as stolen" };
  const { status } = await world.call("POST", "/operator/v1/revoke", { ...OPERATOR, body });
  expect(status).toBe(200);
};

/** Everything that says something about one order. */
async function look(job: string) {
  const subscription = jobPath(job).split("/").slice(0, 3).join("/");
  const provider = `${subscription}/providers/Microsoft.DataBox`;
  const summaries = await world.call("GET", `${provider}/orderSummaries?${API}&search=${job}`);
  const listed = await world.call("GET", `${provider}/jobs?${API}&$top=100`);
  const operator = await world.call("GET", `/operator/v1${jobPath(job)}`, OPERATOR);
  const order = exactly(jobResource, await call(job, "GET", ""));
  return {
    verdict: exactly(orderNodes, await call(job, "GET", "/nodes")).verdict,
    health: exactly(keyHealthView, await call(job, "GET", "/keyHealth")),
    order,
    listed: exactly(jobResourceList, listed.json).value.find(({ name }) => name === job),
    summary: exactly(orderSummaryPage, summaries.json).value.find(({ name }) => name === job),
    operator: exactly(operatorOrder, operator.json),
  };
}

/** The appliance's own refusal; empty if it gets its key. */
async function attempt(
  device: DeviceClient,
  purpose: "unlock" | "ingest" = "unlock",
): Promise<{ code?: string; who?: string }> {
  const { answer } = await device.unlock(purpose);
  if (answer.kind === "pending")
    return { code: "ApprovalPending", who: ERRORS.ApprovalPending.who };
  if (answer.kind !== "denial") return {};
  const { code, who } = Object(answer.value);
  return { code, who };
}

type State = {
  readonly name: string;
  readonly make: (job: string, device: DeviceClient) => Promise<unknown>;
  /** Undoes it where other orders see it too. */
  readonly undo?: () => Promise<unknown>;
  readonly state: "Ready" | "Waiting" | "Blocked";
  readonly code?: string;
  readonly who: string;
  readonly action?: string;
  /** The appliance's own code, if it is another one; `none`: it gets its key. */
  readonly told?: string;
  /** The end that comes by itself. */
  readonly until?: string;
  /** By which it can be unlocked besides, or instead. */
  readonly channels?: readonly string[];
};
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const STATES: readonly State[] = [
  { name: "ready", make: () => Promise.resolve(), state: "Ready", who: "nobody" },
  {
    name: "owner-switch",
    make: (job) => call(job, "POST", "/revoke", { reason: "lost" }),
    state: "Blocked",
    code: "UnlockRevoked",
    who: "security-administrator",
    action: "restoreAccess",
  },
  {
    name: "owner-node-switch",
    make: (job, { serial }) => call(job, "POST", "/revoke", { reason: "lost", serial }),
    state: "Blocked",
    code: "UnlockRevoked",
    who: "security-administrator",
    action: "restoreAccess",
  },
  {
    name: "operator-switch",
    make: (job) => revokeBy({ kind: "order", order: jobPath(job) }),
    state: "Blocked",
    code: "UnlockRevoked",
    who: "broker-operator",
    action: "turnOffSwitch",
  },
  {
    name: "operators-node",
    make: (job, { serial }) => revokeBy({ kind: "node", order: jobPath(job), serial }),
    state: "Blocked",
    code: "UnlockRevoked",
    who: "broker-operator",
    action: "turnOffSwitch",
  },
  ...[{ kind: "subscription", subscriptionId: jobPath("").split("/")[2] }, { kind: "fleet" }].map(
    (scope): State => ({
      name: `of-${scope.kind}`,
      make: () => revokeBy(scope),
      undo: () =>
        world.call("POST", "/operator/v1/restoreAccess", { ...OPERATOR, body: { scope } }),
      state: "Blocked",
      code: "UnlockRevoked",
      who: "broker-operator",
      action: "turnOffSwitch",
    }),
  ),
  {
    name: "clock",
    make: () => Promise.resolve(world.clockWatch.note("azure", world.clock.nowMs - 100_000)),
    undo: () => Promise.resolve(world.clockWatch.note("azure", world.clock.nowMs)),
    state: "Waiting",
    code: "IdentityProviderUnreachable",
    who: "broker-operator",
  },
  {
    name: "entra",
    make: async (_job, device) => {
      const code = "IdentityProviderUnreachable";
      world.vaults.setOutage("kv-one", { code, reason: "entra" });
      expect(await attempt(device)).toMatchObject({ code });
    },
    undo: () => Promise.resolve(world.vaults.setOutage("kv-one", undefined)),
    state: "Waiting",
    code: "IdentityProviderUnreachable",
    who: "nobody",
    channels: ["network", "offline", "passkey"],
  },
  {
    name: "silent-node",
    make: async (_job, device) => {
      expect(await attempt(device)).toEqual({});
      world.clock.nowMs += 61_000;
    },
    state: "Ready",
    code: "BrokerUnreachable",
    who: "site-operator",
    told: "none",
    until: "lease",
  },
  {
    name: "open-hours",
    make: (job) =>
      writePolicy(job, (policy) =>
        release(policy, { windows: [{ days: DAYS, from: "01:00", to: "23:00", timeZone: "UTC" }] }),
      ),
    state: "Ready",
    who: "nobody",
    until: "hours",
  },
  {
    name: "approved",
    make: async (job, device) => {
      await writePolicy(job, (policy) => release(policy, approvals(1)));
      expect(await attempt(device)).toMatchObject({ code: "ApprovalPending" });
      const { value } = exactly(approvalList, await call(job, "GET", "/approvals"));
      const id = value[0]?.id ?? "";
      await call(job, "POST", `/approvals/${id}/approve`, { reason: "seen" });
    },
    state: "Ready",
    who: "nobody",
    // The approval is for another request.
    told: "ApprovalPending",
    until: "approval",
  },
  {
    name: "hours",
    make: (job) => writePolicy(job, (policy) => release(policy, { windows: [closed] })),
    until: "hours",
    state: "Waiting",
    code: "ReleaseWindowClosed",
    who: "security-administrator",
  },
  {
    name: "budget",
    make: async (job, device) => {
      await call(job, "PUT", "/unlockBudget", { unlocksPerDay: 1 });
      expect(await attempt(device)).toEqual({});
    },
    state: "Waiting",
    until: "budget",
    code: "RateLimited",
    who: "order-owner",
  },
  {
    name: "approval",
    make: async (job, device) => {
      await writePolicy(job, (policy) => release(policy, approvals(1)));
      expect(await attempt(device)).toMatchObject({ code: "ApprovalPending" });
    },
    state: "Waiting",
    code: "ApprovalPending",
    who: "security-administrator",
    action: "approve",
    until: "approval",
  },
  {
    name: "ghosts",
    make: (job) => writePolicy(job, (policy) => release(policy, approvals(1, [GHOST]))),
    state: "Ready",
    code: "ApproverUnknown",
    who: "security-administrator",
    told: "ApprovalPending",
  },
  {
    name: "replaced",
    make: async (job, { serial }) => {
      const { status } = await world.operator("replaceDevice", job, { serial, reason: "broken" });
      expect(status).toBe(200);
    },
    state: "Blocked",
    code: "DeviceNotAuthenticated",
    who: "broker-operator",
  },
];

describe("every surface says the same of", () => {
  test.each(STATES)("$name", async (row) => {
    const { name, make, undo, state, code, who, action, told = code, until } = row;
    const job = `state-${name}`;
    const device = await world.delivered(job);
    await call(job, "POST", "/keyHealth/check");
    await make(job, device);
    const seen = await look(job);
    const { verdict } = seen;
    expect(verdict).toMatchObject({
      state,
      causes: code === undefined ? [] : [{ code }],
      nextStep: { who, ...(action === undefined ? {} : { action: { name: action } }) },
    });
    expect(verdict.until?.by).toBe(until);
    const isOpen = verdict.channels.includes("network");
    expect(isOpen).toBe(row.channels?.includes("network") ?? state === "Ready");
    expect(verdict.channels).toEqual(row.channels ?? verdict.channels);
    expect(seen.operator.verdict).toEqual(verdict);
    expect(seen.health.nextStep).toEqual(verdict.nextStep);
    const error = state === "Blocked" ? verdict.causes[0]?.code : undefined;
    expect([seen.order.properties.error?.code, seen.operator.properties.error?.code]).toEqual([
      error,
      error,
    ]);
    expect(seen.listed?.properties.error?.code).toBe(error);
    expect(seen.summary?.unlock).toMatchObject({ state, nextStep: verdict.nextStep });
    expect(seen.summary?.unlock.code).toBe(code);
    const heard = await attempt(device);
    await undo?.();
    const words = told === code ? { code, who } : { code: told };
    expect(heard).toMatchObject(told === undefined || told === "none" ? {} : words);
  });
});

const nameOf = (name: string) => {
  const [, , subscriptionId = "", , resourceGroup = ""] = jobPath(name).split("/");
  return { subscriptionId, resourceGroup, name };
};
const reading = () => ({
  store: world.store(),
  settings: {
    offlineUnlocksPerDay: 5,
    defaultPolicy: defaultUnlockPolicy({ leaseTtlSeconds: 60, outageGraceSeconds: 0 }),
  },
  now: () => world.clock.nowMs,
  stillApproves: () => Promise.resolve({ ok: true, value: true } as const),
  findTrouble: () => Promise.resolve(undefined),
});
const enable = (isEnabled: boolean) => world.vaults.setEnabled(world.kid, isEnabled);

describe("a key that the vault refuses", () => {
  const KEY = "SsemUserErrorEncryptionKeyDisabled";
  const HALTED = "SsemUserCopyErrorWaitingForAction";

  test("is the order's error, with the person who can enable it, until it is healthy", async () => {
    const device = await world.delivered("key-off");
    enable(false);
    expect(await attempt(device)).toMatchObject({ code: KEY });
    await call("key-off", "POST", "/keyHealth/check");
    const off = await look("key-off");
    expect(off.verdict).toMatchObject({
      state: "Blocked",
      channels: [],
      causes: [{ code: KEY }],
      nextStep: { who: "security-administrator", action: { name: "enableKeyVersion" } },
    });
    expect([off.order.properties.error?.code, off.health.error?.code]).toEqual([KEY, KEY]);
    enable(true);
    await call("key-off", "POST", "/keyHealth/check");
    const on = await look("key-off");
    expect(on.verdict.state).toBe("Ready");
    expect(on.order.properties.error).toBeUndefined();
  });

  test("halts a copy; once it is mended, the owner's decision is the only step", async () => {
    const job = "halted";
    await world.delivered(job);
    enable(false);
    for (const move of ["pickUp", "receive", "startCopy"]) await world.operator(move, job);
    await call(job, "POST", "/keyHealth/check");
    const stepsOf = (found: Awaited<ReturnType<typeof look>>) =>
      Object(found.order.properties.error?.additionalInfo[0]?.info);
    const halted = await look(job);
    expect(halted.verdict.causes.map(({ code }) => code)).toEqual([KEY, HALTED]);
    expect(halted.order.properties.error?.code).toBe(HALTED);
    expect(stepsOf(halted)).toMatchObject({ code: KEY, who: "security-administrator" });
    expect(JSON.stringify(stepsOf(halted).steps)).toContain("MoveToCleanUpDevice");
    expect(JSON.stringify(stepsOf(halted).steps)).not.toContain("databox-agent unlock");
    enable(true);
    await call(job, "POST", "/keyHealth/check");
    const mended = await look(job);
    expect(mended.verdict.nextStep).toMatchObject({
      who: "order-owner",
      action: { name: "mitigate", parameters: { customerResolutionCode: "Resume" } },
    });
    expect(stepsOf(mended)).toMatchObject({ code: HALTED, who: "order-owner" });
    expect(mended.health.nextStep).toEqual(mended.verdict.nextStep);
    await call(job, "POST", "/mitigate", { customerResolutionCode: "Resume" });
    expect((await look(job)).verdict.causes).toEqual([]);
  });

  test("matters no longer once the data is given up: the operator's act is next", async () => {
    const job = "given-up";
    await world.delivered(job);
    enable(false);
    for (const move of ["pickUp", "receive", "startCopy"]) await world.operator(move, job);
    await call(job, "POST", "/keyHealth/check");
    await call(job, "POST", "/revoke", { reason: "lost" });
    await call(job, "POST", "/mitigate", { customerResolutionCode: "MoveToCleanUpDevice" });
    const { verdict, order, health } = await look(job);
    enable(true);
    expect(verdict).toMatchObject({ state: "NotNow", nextStep: { who: "broker-operator" } });
    expect(order.properties.error).toBeUndefined();
    expect(health.nextStep).toEqual(verdict.nextStep);
  });

  test("decides nothing while the appliance is on its way to the copy, and is mended meanwhile", async () => {
    const job = "on-its-way";
    const device = await world.delivered(job);
    enable(false);
    expect(await attempt(device)).toMatchObject({ code: KEY });
    await world.setStage(foldOrderId(jobPath(job)), "PickedUp");
    await call(job, "POST", "/keyHealth/check");
    const { verdict, order, health } = await look(job);
    enable(true);
    expect(verdict).toMatchObject({
      state: "NotNow",
      causes: [{ code: "PurposeForbidden" }, { code: KEY }],
      nextStep: { who: "security-administrator", action: { name: "enableKeyVersion" } },
    });
    expect(order.properties.error).toBeUndefined();
    expect(health.nextStep).toEqual(verdict.nextStep);
  });

  test.each(["PickedUp", "AtAzureDC"] as const)("or an export is at %s", async (stage) => {
    const job = `export-${stage.toLowerCase()}`;
    const device = await world.delivered(job);
    enable(false);
    expect(await attempt(device)).toMatchObject({ code: KEY });
    const order = foldOrderId(jobPath(job));
    const exported = { transfer_type: "ExportFromAzure" } as const;
    await world.store().updateTable("orders").set(exported).where("id", "=", order).execute();
    await world.setStage(order, stage);
    await call(job, "POST", "/keyHealth/check");
    const { verdict, order: shown } = await look(job);
    enable(true);
    expect(verdict).toMatchObject({ state: "NotNow", nextStep: { who: "broker-operator" } });
    expect(shown.properties.error).toBeUndefined();
  });

  test("is only shown as silent while the vault does not answer", async () => {
    const job = "silent";
    const device = await world.delivered(job);
    world.vaults.setOutage("kv-one", { code: "KeyVaultUnreachable", reason: "timeout" });
    const told = await attempt(device);
    await call(job, "POST", "/keyHealth/check");
    const { verdict, order, health } = await look(job);
    world.vaults.setOutage("kv-one", undefined);
    expect(verdict).toMatchObject({ state: "Waiting", causes: [{ code: told.code }] });
    expect(verdict.channels).toContain("network");
    expect(order.properties.error).toBeUndefined();
    expect(health.nextStep).toEqual(verdict.nextStep);
  });

  test("is shown as refused and silent, while the vault that refused it does not answer", async () => {
    const job = "refused-silent";
    const device = await world.delivered(job);
    world.vaults.setEnabled(world.kid, false);
    const refused = await attempt(device);
    world.vaults.setOutage("kv-one", { code: "KeyVaultUnreachable", reason: "timeout" });
    const told = await attempt(device);
    await call(job, "POST", "/keyHealth/check");
    const { verdict } = await look(job);
    world.vaults.setOutage("kv-one", undefined);
    world.vaults.setEnabled(world.kid, true);
    expect(verdict.causes.map(({ code }: { code: string }) => code)).toEqual([
      refused.code,
      told.code,
    ]);
  });
});

test.each(STAGE_NAMES)("the stage %s decides as for the appliance", async (stage) => {
  const job = `stage-${String(STAGE_NAMES.indexOf(stage))}`;
  const device = await world.delivered(job);
  await world.setStage(foldOrderId(jobPath(job)), stage);
  const { verdict, order, summary, health } = await look(job);
  const isCopied = stage === "AtAzureDC" || stage === "DataCopy";
  const [cause] = verdict.causes;
  const told = cause === undefined ? {} : { code: cause.code, who: verdict.nextStep.who };
  expect(await attempt(device, isCopied ? "ingest" : "unlock")).toEqual(told);
  expect(verdict.state).toBe(cause === undefined ? "Ready" : "NotNow");
  expect(order.properties.error).toBeUndefined();
  expect(summary?.unlock.nextStep).toEqual(verdict.nextStep);
  const shown = health.state === "NotWatched" ? verdict : health;
  expect(shown.nextStep).toEqual(verdict.nextStep);
});

test("split custody without a recovery key is the owner's to mend, before the dispatch", async () => {
  const job = "split-alone";
  await world.preparing(job);
  await world
    .store()
    .deleteFrom("nodes")
    .where("order_id", "=", foldOrderId(jobPath(job)))
    .execute();
  await world.setStage(foldOrderId(jobPath(job)), "DeviceOrdered");
  await writePolicy(job, () => ({ custody: { kind: "split", acceptNoRecovery: false } }));
  const { verdict, order, health } = await look(job);
  expect(verdict).toMatchObject({
    state: "Blocked",
    nextStep: { who: "order-owner", action: { name: "addRecoveryKey" } },
  });
  expect(order.properties.error?.code).toBe("RecoveryKeyMissing");
  const provider = `${jobPath(job).split("/").slice(0, 3).join("/")}/providers/Microsoft.DataBox`;
  const blocked = `${provider}/orderSummaries?${API}&search=${job}&unlock=Blocked`;
  expect((await world.call("GET", blocked)).json.value).toMatchObject([{ name: job }]);
  expect(health.nextStep).toEqual(verdict.nextStep);
});

test("all causes are listed, and the repairs come first", async () => {
  const job = "several";
  const device = await world.delivered(job);
  await writePolicy(job, (policy) => release(policy, { windows: [closed] }));
  await revokeBy({ kind: "order", order: jobPath(job) });
  await call(job, "POST", "/revoke", { reason: "lost" });
  const { verdict, summary } = await look(job);
  expect(verdict.causes.map(({ code, details }) => [code, details.at(-1)?.message])).toEqual([
    ["UnlockRevoked", expect.stringMatching(/: lost$/)],
    ["UnlockRevoked", "reported as stolen"],
    ["ReleaseWindowClosed", undefined],
  ]);
  expect(await attempt(device)).toEqual({
    code: "UnlockRevoked",
    who: summary?.unlock.nextStep.who,
  });
});

test("closed hours are the first cause, before a used-up limit of the day, for the appliance, too", async () => {
  const job = "closed-and-spent";
  const device = await world.delivered(job);
  await call(job, "PUT", "/unlockBudget", { unlocksPerDay: 1 });
  expect(await attempt(device)).toEqual({});
  await writePolicy(job, (policy) => release(policy, { windows: [closed] }));
  const { verdict } = await look(job);
  const { who } = verdict.nextStep;
  expect(verdict.causes.map(({ code }) => code)).toEqual(["ReleaseWindowClosed", "RateLimited"]);
  expect(await attempt(device)).toEqual({ code: "ReleaseWindowClosed", who });
});

test("a node's own switch is named before the operator's, as the appliance is told", async () => {
  const job = "both-switches";
  const device = await world.delivered(job);
  await revokeBy({ kind: "order", order: jobPath(job) });
  await call(job, "POST", "/revoke", { reason: "lost", serial: device.serial });
  const { verdict } = await look(job);
  const { who } = verdict.nextStep;
  expect(await attempt(device)).toEqual({ code: "UnlockRevoked", who });
});

test("a key that expires is the step beside closed hours, which pass by themselves", async () => {
  const job = "expires-closed";
  await world.delivered(job);
  await writePolicy(job, (policy) => release(policy, { windows: [closed] }));
  const atMs = world.clock.nowMs + 86_400_000;
  const expire = (at: number) =>
    world
      .store()
      .updateTable("key_health")
      .set({ state: "at-risk", risks_json: JSON.stringify([{ risk: "expires-soon", atMs: at }]) })
      .where("order_id", "=", foldOrderId(jobPath(job)))
      .execute();
  await expire(atMs);
  const { verdict } = await look(job);
  expect(verdict).toMatchObject({ state: "Waiting", until: { by: "hours" } });
  expect(verdict.nextStep.command).toContain("az keyvault key set-attributes");
  await writePolicy(job, (policy) => release(policy, { windows: [] }));
  expect((await look(job)).verdict).toMatchObject({
    state: "Ready",
    until: { by: "key", at: renderTime(atMs) },
  });
  // Until the next check, the risk stays.
  await expire(world.clock.nowMs - 1);
  expect((await look(job)).verdict.until).toBeUndefined();
});

test("the day's limit of carried unlocks closes that way alone", async () => {
  const job = "carried-out";
  await world.delivered(job);
  const day = new Date(world.clock.nowMs).toISOString().slice(0, 10);
  const used = { order_id: foldOrderId(jobPath(job)), day, used: 1_000 };
  await world.store().insertInto("offline_uses").values(used).execute();
  expect((await look(job)).verdict.channels).toEqual(["network", "passkey"]);
});

test("where the policy names networks, no carried challenge is answered", async () => {
  const job = "networks";
  await world.delivered(job);
  const ingest = { networks: ["127.0.0.0/8"], windows: [], ...approvals(0) };
  await writePolicy(job, () => ({ purposes: { ingest } }));
  expect((await look(job)).verdict.channels).toEqual(["network", "offline"]);
  await world.setStage(foldOrderId(jobPath(job)), "AtAzureDC");
  expect((await look(job)).verdict).toMatchObject({ state: "Ready", channels: ["network"] });
});

test("a lease that the stage ends is refused with the stage's own reason and person", async () => {
  const job = "stage-relock";
  const device = await world.delivered(job);
  const holder = await LeaseClient.unlock(device);
  await world.operator("pickUp", job);
  const { verdict } = await look(job);
  const { who } = verdict.nextStep;
  expect(await holder.renew()).toMatchObject({ payload: { code: "PurposeForbidden", who } });
});

test("a node whose key is unusable already loses nothing by the loss of the key", async () => {
  const job = "lost-before";
  const { serial } = await world.delivered(job);
  const { facts } = await readVerdict(reading(), nameOf(job));
  const lost = (given: typeof facts) => decideConsequences(given, "key", () => "locked");
  expect(lost(facts)).toEqual({ closes: [], staysOpen: [], staysLocked: [serial] });
  const code = "SsemUserErrorEncryptionKeyExpired";
  const expired = { ...facts, health: { state: "unusable", code, facts: {} } } as const;
  expect(lost(expired)).toEqual({ closes: [], staysOpen: [], staysLocked: [] });
});

test("an order that is deleted meanwhile is not found", async () => {
  await expect(readVerdict(reading(), nameOf("gone"))).rejects.toMatchObject({
    code: "ResourceNotFound",
  });
});

test("what only a newer replica knows of a key breaks no list", async () => {
  const job = "newer-health";
  await world.delivered(job);
  const writeHealth = (state: "at-risk" | "unusable") =>
    world
      .store()
      .updateTable("key_health")
      .set({ state, code: "Newer", risks_json: '[{"risk":"newer"}]', facts_json: '{"a":[]}' })
      .where("order_id", "=", foldOrderId(jobPath(job)))
      .execute();
  for (const state of ["at-risk", "unusable"] as const) {
    await writeHealth(state);
    expect((await look(job)).verdict.state).toBe("Ready");
  }
});

test("an emergency access counts as where it is used", async () => {
  const job = "emergency";
  const { serial } = await world.delivered(job);
  await writePolicy(job, (policy) => release(policy, { windows: [closed], breakGlass: true }));
  await call(job, "POST", "/breakGlass", { reason: "drill", serial });
  const ofNode = await look(job);
  expect(ofNode.verdict).toMatchObject({ state: "Ready" });
  expect(ofNode.verdict.channels).not.toContain("passkey");
  await call(job, "POST", "/revoke", { reason: "lost", serial });
  await call(job, "POST", "/restoreAccess", { serial });
  await call(job, "POST", "/breakGlass", { reason: "drill" });
  expect((await look(job)).verdict.channels).toContain("passkey");
  await call(job, "POST", "/revoke", { reason: "lost", serial });
  await call(job, "POST", "/restoreAccess", { serial });
  expect((await look(job)).verdict).toMatchObject({ state: "Waiting", channels: [] });
});

test("an approver of one order alone is not looked up for another of the group", async () => {
  const jobs = ["own-role", "no-role"];
  for (const job of jobs) {
    await world.delivered(job);
    await writePolicy(job, (policy) => release(policy, approvals(1, [GHOST])));
  }
  const [own, none] = jobs.map((job) => foldOrderId(jobPath(job)));
  const found = await readVerdicts(
    {
      ...reading(),
      stillApproves: (_approver, order) => Promise.resolve({ ok: true, value: order === own }),
    },
    [own, none].flatMap((order) => order ?? []),
  );
  const codes = [own, none].map(
    (order) => order && found.get(order)?.verdict.causes.map(({ code }) => code),
  );
  expect(codes).toEqual([[], ["ApproverUnknown"]]);
});

test("a silent Resource Manager neither holds a page nor makes approvers unknown", async () => {
  const job = "unheard";
  await world.delivered(job);
  await writePolicy(job, (policy) => release(policy, approvals(1, [GHOST])));
  const asked: string[] = [];
  const { verdict } = await readVerdict(
    {
      ...reading(),
      stillApproves: (approver) => {
        asked.push(approver);
        return new Promise(() => undefined);
      },
    },
    nameOf(job),
  );
  expect([verdict.state, asked]).toEqual(["Ready", [GHOST]]);
});

const lightOf = async (job: string) => {
  const { verdict, summary } = await look(job);
  // The list shows the same.
  expect(summary?.unlock.shipping).toBe(verdict.shipping?.light);
  const checks = verdict.shipping?.checks ?? [];
  const states = Object.fromEntries(checks.map(({ name, state }) => [name, state]));
  return { light: verdict.shipping?.light, ...states };
};
const atRisk = (job: string, risk: string) =>
  world
    .store()
    .updateTable("key_health")
    .set({ state: "at-risk", risks_json: JSON.stringify([{ risk, atMs: world.clock.nowMs }]) })
    .where("order_id", "=", foldOrderId(jobPath(job)))
    .execute();

describe("before the dispatch, one light says whether the appliance may be sent", () => {
  test("from the key, its backups, approvers and switches, until it has gone", async () => {
    const job = "light";
    await world.prepared(job);
    await call(job, "POST", "/keyHealth/check");
    expect(await lightOf(job)).toEqual({
      light: "Attention",
      access: "Passed",
      key: "Passed",
      backup: "Attention",
      approvers: "Passed",
      drill: "Open",
    });
    const { publicKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    await call(job, "PUT", "/backupKeys/offline", { kind: "RecoveryKey", publicKey });
    expect(await lightOf(job)).toMatchObject({ light: "Passed", backup: "Passed" });
    await writePolicy(job, (policy) => release(policy, approvals(1)));
    expect(await lightOf(job)).toMatchObject({ light: "Passed", approvers: "Open" });
    await atRisk(job, "expires-soon");
    expect(await lightOf(job)).toMatchObject({ light: "Attention", key: "Attention" });
    await atRisk(job, "expires-before-order-end");
    expect(await lightOf(job)).toMatchObject({ light: "Failed", key: "Failed" });
    await call(job, "POST", "/keyHealth/check");
    await call(job, "POST", "/revoke", { reason: "lost" });
    expect(await lightOf(job)).toMatchObject({ light: "Failed", key: "Passed", access: "Failed" });
    await world.setStage(foldOrderId(jobPath(job)), "Delivered");
    expect(await lightOf(job)).toEqual({ light: undefined });
  });

  test("from named approvers, who must be known", async () => {
    const job = "light-ghosts";
    await world.prepared(job);
    await writePolicy(job, (policy) => release(policy, approvals(1, [GHOST])));
    expect(await lightOf(job)).toMatchObject({ light: "Failed", approvers: "Failed" });
  });

  test("from the last drill, and from split custody without a recovery key", async () => {
    const job = "light-split";
    const device = await world.prepared(job);
    const drill = (answered_at_ms: number | null, started_at_ms: number) =>
      world
        .store()
        .insertInto("drills")
        .values({
          id: crypto.randomUUID(),
          order_id: foldOrderId(jobPath(job)),
          serial: device.serial,
          lease_id: "lease",
          started_at_ms,
          answered_at_ms,
        })
        .execute();
    await drill(null, 1);
    expect(await lightOf(job)).toMatchObject({ light: "Attention", drill: "Attention" });
    await drill(3, 2);
    expect(await lightOf(job)).toMatchObject({ drill: "Passed" });
    const order = foldOrderId(jobPath(job));
    // Prepared in escrow, it would stay so.
    await world.store().deleteFrom("nodes").where("order_id", "=", order).execute();
    await world.setStage(order, "DeviceOrdered");
    await writePolicy(job, () => ({ custody: { kind: "split", acceptNoRecovery: false } }));
    expect(await lightOf(job)).toMatchObject({ light: "Failed", backup: "Failed" });
  });
});

test("a node was last seen at its last contact, which a renewal is", async () => {
  const job = "renewed";
  const device = await world.delivered(job);
  const open = await LeaseClient.unlock(device);
  world.clock.nowMs += 30_000;
  await open.renew();
  const [node] = exactly(orderNodes, await call(job, "GET", "/nodes")).value;
  expect(node?.lastSeenAt).toBe(renderTime(world.clock.nowMs));
});
