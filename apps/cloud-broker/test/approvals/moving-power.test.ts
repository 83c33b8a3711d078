// @module-tag one-engine
import { approvalList, type UnlockPolicy } from "@databox-cmk/protocol";
import type { DeviceClient } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { exactly } from "../world/exactly.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "moved";
const person = (digit: string) => `${digit.repeat(8)}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`;
const ADA = person("a");
const BEN = person("b");
const CEM = person("c");
const NOBODY = person("0");

let world: BrokerWorld;
let device: DeviceClient;
beforeEach(async () => {
  world = await openBroker({ settings: { WEBHOOK_URLS: "https://receiver.example/hook" } });
  device = await world.delivered(JOB);
  for (const each of [ADA, BEN, CEM]) world.assignments.set(each, [APPROVER]);
});
afterEach(() => world[Symbol.asyncDispose]());

/** Contributor, in Resource Manager. */
const APPROVER = { roleDefinitionId: "b24988ac-6180-42a0-ab88-20f7382dd24c", scope: "/" };

const terms = (required: number, approvers: string[]) => ({
  windows: [],
  approvals: { required, approvers, expiresAfterSeconds: 3600 },
});
const policy = (
  required: number,
  approvers: string[],
  more: Partial<UnlockPolicy> = {},
): UnlockPolicy => ({
  outageGrace: "PT15M",
  leaseTtlSeconds: 60,
  offline: { allowed: false, lease: { kind: "duration", seconds: 600 } },
  release: { ...terms(required, approvers), breakGlass: false },
  ...more,
});

const as = (oid: string, role: string) => (method: string, path: string, body?: object) =>
  world.call(method, `${jobPath(JOB)}${path}?${API}`, {
    claims: { oid, roles: [role] },
    ...(body === undefined ? {} : { body }),
  });
const owner = as(person("e"), "Owner");
const contributor = as(CEM, "Contributor");
const boxContributor = as(person("d"), "DataBoxContributor");
const write = (who: typeof owner, wanted: object) => who("PUT", "/unlockPolicy", wanted);
const open = async () => {
  const { json } = await owner("GET", "/approvals");
  const { value } = exactly(approvalList, json);
  return value.find(({ state }) => state === "waiting");
};
const kindOf = async () => {
  const { answer } = await device.unlock("unlock");
  return answer.kind === "answer" ? "grant" : answer.kind;
};
const forbidden = { status: 403, json: { error: { code: "AuthorizationFailed" } } };
const needsApproval = { status: 409, json: { error: { code: "ChangeNeedsApproval" } } };
const ownTerms = (required: number, approvers: string[]) => ({
  networks: [],
  ...terms(required, approvers),
});

// Evidence: A decision that is moved.
describe("the list of approvers", () => {
  test.each([
    ["by a Contributor", () => contributor],
    ["by a Data Box Contributor", () => boxContributor],
  ])("is not written %s where no approvals are needed", async (_name, who) => {
    expect(await write(who(), policy(1, [CEM]))).toMatchObject(forbidden);
    expect(await kindOf()).toBe("grant");
    expect((await write(owner, policy(1, [CEM]))).status).toBe(200);
    expect(await kindOf()).toBe("pending");
  });

  test("may stay open while one person asks for more approvals", async () => {
    expect((await write(contributor, policy(2, []))).status).toBe(200);
  });

  const MOVED: readonly (readonly [string, UnlockPolicy, UnlockPolicy])[] = [
    ["is named for the first time", policy(1, []), policy(1, [ADA])],
    ["is narrowed", policy(1, [ADA, BEN, CEM]), policy(1, [CEM])],
    ["is exchanged", policy(1, [ADA]), policy(1, [BEN])],
    ["becomes everyone", policy(1, [ADA]), policy(1, [])],
    [
      "is named for the datacenter",
      policy(1, []),
      policy(1, [], { purposes: { ingest: ownTerms(1, [CEM]) } }),
    ],
    [
      "is narrowed for the datacenter",
      policy(1, [], { purposes: { ingest: ownTerms(0, [ADA, CEM]) } }),
      policy(1, [], { purposes: { ingest: ownTerms(0, [CEM]) } }),
    ],
    [
      "changes for changes, since another part asks for more than before",
      policy(1, [], { purposes: { ingest: ownTerms(0, [CEM, ADA]) } }),
      policy(1, [], { purposes: { ingest: ownTerms(2, [CEM, ADA]) } }),
    ],
  ];
  test.each(MOVED)(
    "needs the approvals that hold now where it %s",
    async (_name, before, after) => {
      expect((await write(owner, before)).status).toBe(200);
      for (const who of [contributor, boxContributor, owner])
        expect(await write(who, after)).toMatchObject(needsApproval);
      expect((await owner("GET", "/unlockPolicy")).json).toMatchObject(before);
    },
  );

  test("names only people who may approve, as far as the broker can see", async () => {
    const refused = await write(owner, policy(1, [ADA, NOBODY]));
    expect(refused).toMatchObject({
      status: 409,
      json: { error: { code: "ApproverUnknown", target: "release.approvals.approvers" } },
    });
    expect(refused.json.error.message).toContain(NOBODY);
    // An app role cannot be looked up: the person who writes answers for it.
    expect(
      (await write(owner, { ...policy(1, [ADA, NOBODY]), acceptUnknownApprovers: true })).status,
    ).toBe(200);
  });

  test("is checked again where more of its people must approve", async () => {
    await write(owner, policy(1, [ADA, BEN]));
    world.assignments.delete(BEN);
    world.clock.nowMs += 31_000;
    expect((await write(contributor, policy(2, [ADA, BEN]))).json.error).toMatchObject({
      code: "ApproverUnknown",
    });
  });
});

test("terms of a purpose that the order never has are refused", async () => {
  expect(
    (await write(owner, policy(0, [], { purposes: { fill: ownTerms(1, [ADA]) } }))).json.error,
  ).toMatchObject({ code: "InvalidRequestContent", target: "purposes.fill" });
});

test("everyone with the right may reject, also a request that the policy lets others approve", async () => {
  await write(owner, policy(2, [BEN, CEM]));
  expect(await kindOf()).toBe("pending");
  const waiting = await open();
  expect(waiting).toMatchObject({ mayDecide: false, mayReject: true });
  const path = `/approvals/${waiting?.id ?? "none"}`;
  expect((await owner("POST", `${path}/approve`, { reason: "seen" })).json.error).toMatchObject({
    code: "ApprovalForbidden",
  });
  expect(await owner("POST", `${path}/reject`, { reason: "not asked for" })).toMatchObject({
    status: 200,
    json: { state: "rejected" },
  });
});

test("each change of a policy, and the begin of an override, is announced", async () => {
  await write(owner, policy(1, [ADA]));
  await owner("POST", "/unlockPolicy/override", { reason: "left", policy: policy(0, []) });
  const queued = await world.store().selectFrom("webhook_deliveries").select("body").execute();
  const events = queued.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  expect(events.filter(({ type }) => type === "com.databox-cmk.policy.changed")).toMatchObject([
    { data: { revision: 1, changed: expect.arrayContaining(["release.approvals.approvers"]) } },
    { data: { effectiveAt: "2026-01-03T03:04:05.678Z" } },
  ]);
});

// Evidence: An Owner's override.
describe("an Owner's override", () => {
  const FREE = policy(0, []);
  const override = (who: typeof owner) =>
    who("POST", "/unlockPolicy/override", { reason: "both approvers have left", policy: FREE });
  const DAY_MS = 24 * 3_600_000;

  beforeEach(async () => {
    await write(owner, policy(2, [BEN, CEM]));
    world.assignments.clear();
    expect(await kindOf()).toBe("pending");
  });

  test("takes effect after a day, even if others write a policy or revoke meanwhile", async () => {
    expect(await override(contributor)).toMatchObject(forbidden);
    const begun = await override(owner);
    expect(begun).toMatchObject({
      status: 202,
      json: { effectiveAt: "2026-01-03T03:04:05.6780000+00:00" },
    });
    expect(await write(owner, FREE)).toMatchObject(needsApproval);
    world.clock.nowMs += DAY_MS - 1;
    await write(contributor, { ...policy(2, [BEN, CEM]), leaseTtlSeconds: 30 });
    await contributor("POST", "/revoke", { reason: "lost" });
    expect(await write(owner, FREE)).toMatchObject(needsApproval);
    world.clock.nowMs += 1;
    expect(await write(contributor, FREE)).toMatchObject(forbidden);
    expect(await write(owner, policy(1, []))).toMatchObject(needsApproval);
    expect((await write(owner, FREE)).status).toBe(200);
    expect((await owner("POST", "/restoreAccess", {})).json).toMatchObject({ lifted: 1 });
    expect(await kindOf()).toBe("grant");
    const audited = await world.audit(device.order);
    expect(audited).toContainEqual(expect.objectContaining({ action: "policy/override" }));
    expect(audited.findLast(({ action }) => action === "policy/write")).toMatchObject({
      detail: { approval: begun.json.approvalId },
    });
  });

  test("is rejected by anyone who may approve", async () => {
    const { json } = await override(owner);
    const [, , subscription = ""] = jobPath(JOB).split("/");
    const mine = await world.call(
      "GET",
      `/subscriptions/${subscription}/providers/Microsoft.DataBox/approvals?${API}`,
      { claims: { oid: ADA, roles: ["DataBoxApprover"] } },
    );
    expect(mine.json.value).toMatchObject([{ id: json.approvalId, mayReject: true }]);
    const path = `/approvals/${String(json.approvalId)}/reject`;
    expect((await as(ADA, "DataBoxApprover")("POST", path, { reason: "I object" })).status).toBe(
      200,
    );
    world.clock.nowMs += DAY_MS;
    expect(await write(owner, FREE)).toMatchObject(needsApproval);
    expect(await kindOf()).toBe("pending");
  });

  test("can be used for a week", async () => {
    await override(owner);
    world.clock.nowMs += 8 * DAY_MS;
    expect(await write(owner, FREE)).toMatchObject(needsApproval);
  });
});

test("a revocation is announced, one over many orders once", async () => {
  await contributor("POST", "/revoke", { reason: "lost" });
  const [, , subscriptionId = ""] = jobPath(JOB).split("/");
  for (const scope of [{ kind: "subscription", subscriptionId }, { kind: "fleet" }])
    await world.call("POST", "/operator/v1/revoke", {
      body: { scope, reason: "attack" },
      claims: { roles: ["DataBox.Operator"] },
    });
  const queued = await world.store().selectFrom("webhook_deliveries").select("body").execute();
  const events = queued.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  expect(events.filter(({ type }) => type === "com.databox-cmk.access.revoked")).toMatchObject([
    { data: { orderId: device.order, origin: "customer", reason: "lost" } },
    { data: { subscriptionId, origin: "operator", reason: "attack" } },
    { data: { subscriptionId: "*", origin: "operator", reason: "attack" } },
  ]);
});
