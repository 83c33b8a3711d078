// @module-tag one-engine
import { approvalList, offlineUnlockPending, type UnlockPolicy } from "@databox-cmk/protocol";
import type { DeviceClient } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { fakeVaultId } from "../azure/fake-key-vaults.ts";
import { exactly } from "../world/exactly.ts";
import { TENANT_ID } from "../world/fake-identities.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "people";
const id = (digit: string) => `${digit.repeat(8)}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`;

let world: BrokerWorld;
let device: DeviceClient;
beforeEach(async () => {
  world = await openBroker();
  device = await world.delivered(JOB);
});
afterEach(() => world[Symbol.asyncDispose]());

const as =
  (claims: { readonly oid: string; readonly roles: string[]; readonly isApplication?: true }) =>
  (method: string, path: string, body?: object) =>
    world.call(method, `${jobPath(JOB)}${path}?${API}`, {
      claims,
      ...(body === undefined ? {} : { body }),
    });
type Caller = ReturnType<typeof as>;
const ada = as({ oid: id("a"), roles: ["Owner"] });
const ben = as({ oid: id("b"), roles: ["DataBoxApprover"] });
const program = (digit: string, role = "Contributor") =>
  as({ oid: id(digit), roles: [role], isApplication: true });
const pipeline = program("c");

const policy = (required: number, approvers: string[] = []): UnlockPolicy => ({
  outageGrace: "PT15M",
  leaseTtlSeconds: 60,
  offline: { allowed: true, lease: { kind: "duration", seconds: 600 } },
  release: {
    windows: [],
    approvals: { required, approvers, expiresAfterSeconds: 3600 },
    breakGlass: false,
  },
});
const write = (who: Caller, wanted: UnlockPolicy) =>
  who("PUT", "/unlockPolicy", { ...wanted, acceptUnknownApprovers: true });
const waiting = async (who: Caller) => {
  const { value } = exactly(approvalList, (await who("GET", "/approvals")).json);
  const found = value.find(({ state }) => state === "waiting" || state === "approved");
  if (found === undefined) throw new Error("nothing waits");
  return found;
};
const say = async (who: Caller, word: "approve" | "reject") =>
  who("POST", `/approvals/${(await waiting(ada)).id}/${word}`, { reason: "seen" });
const ask = async () => {
  const prepared = await device.prepareUnlock("unlock");
  const poll = async () => (await device.sendUnlock(prepared)).kind;
  expect(await poll()).toBe("pending");
  return poll;
};
const refused = {
  status: 403,
  json: {
    error: {
      code: "ApprovalForbidden",
      details: expect.arrayContaining([
        expect.objectContaining({ code: "application" }),
      ]) as unknown[],
    },
  },
};

const needs = (given: number, required: number) => ({
  status: 409,
  json: {
    error: {
      code: "ChangeNeedsApproval",
      message: expect.stringContaining(`${given} of ${required} approved`) as string,
    },
  },
});

describe("an approval of an application", () => {
  // Evidence: Two programs of one person.
  test("does not count as a person's: two programs of one person release nothing", async () => {
    await write(ada, policy(2));
    const poll = await ask();
    expect(await waiting(pipeline)).toMatchObject({ mayDecide: false, mayReject: true });
    expect(await say(pipeline, "approve")).toMatchObject(refused);
    expect(await say(program("e", "Owner"), "approve")).toMatchObject(refused);
    expect(await poll()).toBe("pending");
    expect((await say(ada, "approve")).status).toBe(200);
    expect(await say(pipeline, "approve")).toMatchObject(refused);
    expect(await poll()).toBe("pending");
    expect((await say(ben, "approve")).status).toBe(200);
    expect(await poll()).toBe("answer");
  });

  test("counts where the policy names it", async () => {
    await write(ada, policy(2, [id("b"), id("c")]));
    const poll = await ask();
    expect(await waiting(pipeline)).toMatchObject({ mayDecide: true });
    expect((await say(pipeline, "approve")).status).toBe(200);
    expect(await say(program("e"), "approve")).toMatchObject(refused);
    expect(await poll()).toBe("pending");
    expect((await say(ben, "approve")).status).toBe(200);
    expect(await poll()).toBe("answer");
  });

  test("may reject: that takes no decision from anyone", async () => {
    await write(ada, policy(2));
    const poll = await ask();
    expect((await say(pipeline, "reject")).status).toBe(200);
    expect(await poll()).toBe("denial");
  });
});

describe("a change that an application asks for", () => {
  test("needs one person more: the one behind it may be an approver", async () => {
    await write(ada, policy(1));
    expect(await write(pipeline, policy(0))).toMatchObject(needs(0, 2));
    expect((await say(ada, "approve")).status).toBe(200);
    expect(await write(pipeline, policy(0))).toMatchObject(needs(1, 2));
    expect((await say(ben, "approve")).status).toBe(200);
    expect((await write(pipeline, policy(0))).status).toBe(200);
  });

  test("needs the same approvals as a person's where the policy names the application", async () => {
    await write(ada, policy(1, [id("b"), id("c")]));
    expect(await write(pipeline, policy(1))).toMatchObject(needs(0, 1));
    expect((await say(pipeline, "approve")).json.error).toMatchObject({
      details: expect.arrayContaining([expect.objectContaining({ code: "self" })]) as unknown[],
    });
  });
});

test("a campaign that an application started needs one approval more, as its change would", async () => {
  await write(ada, policy(1));
  world.vaults.addVault("kv-two", { tenantId: TENANT_ID });
  world.vaults.addKey("kv-two", "key2");
  for (const { principalId } of world.identities.system.values())
    world.vaults.grant("kv-two", principalId);
  const kekVaultResourceID = fakeVaultId("kv-two");
  const to = { kekUrl: "https://kv-two.vault.test/keys/key2", kekVaultResourceID };
  const start = (claims: { readonly isApplication?: true }) =>
    world.call("POST", "/operator/v1/campaigns", {
      claims: { ...claims, oid: id("f"), roles: ["DataBox.Operator"] },
      body: { action: { kind: "move", to }, selector: { orders: [jobPath(JOB)] } },
    });
  for (const [claims, required] of [
    [{ isApplication: true }, 2],
    [{}, 1],
  ] as const) {
    expect((await start(claims)).status).toBe(201);
    await world.broker().runCampaigns();
    expect(await waiting(ada)).toMatchObject({ way: "change", required });
    expect((await say(ada, "reject")).status).toBe(200);
  }
});

test("a challenge that an application carries needs one approval more", async () => {
  await write(ada, policy(1));
  const { text } = await device.prepareChallenge();
  const submit = (who: Caller) => who("POST", "/offlineUnlocks", { challenge: text, reason: "r" });
  expect((await submit(program("c", "Owner"))).status).toBe(202);
  expect(await waiting(ada)).toMatchObject({ way: "offline", required: 2 });
});

test.each([
  ["databox-agent/0.1.0", 5],
  ["databox-agent/0.2.0", 6],
])(
  "the answer to a challenge of %s that an application carries names %i approvals",
  async (agent, required) => {
    await write(ada, policy(5));
    const { text } = await device.prepareChallenge({ payload: (asked) => ({ ...asked, agent }) });
    const body = { challenge: text, reason: "r" };
    const { status, json } = await program("c", "Owner")("POST", "/offlineUnlocks", body);
    expect(status).toBe(202);
    const { answer } = exactly(offlineUnlockPending, json);
    expect(device.readCarried(answer, text)).toMatchObject({
      kind: "pending",
      value: { approval: { required, given: 0 } },
    });
  },
);

const override = (who: Caller) =>
  who("POST", "/unlockPolicy/override", { reason: "all have left", policy: policy(0) });

describe("an Owner's last word is a person's", () => {
  const robot = program("e", "Owner");

  test("when it begins, also where the policy names the application", async () => {
    await write(ada, policy(1, [id("e")]));
    expect(await override(robot)).toMatchObject(refused);
    expect((await override(ada)).status).toBe(202);
  });

  test("and when it takes effect", async () => {
    await write(ada, policy(1));
    expect((await override(ada)).status).toBe(202);
    world.clock.nowMs += 7 * 86_400_000 - 60_000;
    expect(await write(robot, policy(0))).toMatchObject(refused);
    expect((await write(ada, policy(0))).status).toBe(200);
  });
});

test("votes of an earlier broker remain as they were cast", async () => {
  await write(ada, policy(2));
  const poll = await ask();
  const { id: approval } = await waiting(ada);
  await say(ada, "approve");
  const word = { name: "a pipeline", decision: "approved", reason: "seen" } as const;
  await world
    .store()
    .insertInto("approval_votes")
    .values({
      approval_id: approval,
      object_id: id("c"),
      ...word,
      held_right: "token",
      at_ms: world.clock.nowMs,
    })
    .execute();
  expect(await poll()).toBe("answer");
});
