// @module-tag one-engine
import { generateKeyPairSync } from "node:crypto";

import { approvalList, type UnlockPolicy } from "@databox-cmk/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";

import { exactly } from "../world/exactly.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { wrapNextTransaction } from "../world/wrap-next-transaction.ts";

const JOB = "in-flight";
const POLICY: UnlockPolicy = {
  outageGrace: "PT15M",
  leaseTtlSeconds: 60,
  offline: { allowed: false, lease: { kind: "duration", seconds: 600 } },
  release: {
    windows: [],
    approvals: { required: 2, approvers: [], expiresAfterSeconds: 3600 },
    breakGlass: false,
  },
};

let world: BrokerWorld;
beforeEach(async () => {
  world = await openBroker({ replicas: 1 });
  await world.delivered(JOB);
});
afterEach(() => world[Symbol.asyncDispose]());

const call = (method: string, path: string, body?: object) =>
  world.call(method, `${jobPath(JOB)}${path}?${API}`, body === undefined ? {} : { body });
const requireTwo = async () =>
  expect(await call("PUT", "/unlockPolicy", POLICY)).toMatchObject({ status: 200 });
const busy = { status: 503, json: { error: { code: "BrokerBusy" } } };
const needsApproval = { status: 409, json: { error: { code: "ChangeNeedsApproval" } } };
/** Lets something be committed between the decision about a change and its commit. */
const meanwhile = (first: () => Promise<unknown>) => {
  wrapNextTransaction([world.store()], async (execute) => {
    await first();
    await execute();
  });
};

test("a recovery key that is at the vault while two people become necessary is not added", async () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const body = {
    kind: "RecoveryKey",
    publicKey: publicKey.export({ type: "spki", format: "pem" }),
  };
  world.aroundUnwrap = async (unwrap) => {
    world.aroundUnwrap = undefined;
    const unwrapped = await unwrap();
    await requireTwo();
    return unwrapped;
  };
  expect(await call("PUT", "/backupKeys/mine", body)).toMatchObject(busy);
  expect((await call("GET", "/backupKeys")).json.value).toEqual([]);
  expect(await call("PUT", "/backupKeys/mine", body)).toMatchObject(needsApproval);
});

test("a kill switch is not lifted by a decision under the policy before", async () => {
  await call("POST", "/revoke", { reason: "lost" });
  meanwhile(requireTwo);
  expect(await call("POST", "/restoreAccess", {})).toMatchObject(busy);
  expect(await call("POST", "/restoreAccess", {})).toMatchObject(needsApproval);
});

test("a budget replaces only the one that it was compared with", async () => {
  await requireTwo();
  meanwhile(() => call("PUT", "/unlockBudget", { unlocksPerDay: 1 }));
  expect(await call("PUT", "/unlockBudget", { unlocksPerDay: 5 })).toMatchObject(busy);
  expect((await call("GET", "/unlockBudget")).json).toMatchObject({ unlocksPerDay: 1 });
  expect(await call("PUT", "/unlockBudget", { unlocksPerDay: 5 })).toMatchObject(needsApproval);
});

test("a change that waits ends with the erasure of the order", async () => {
  await requireTwo();
  await world.operator("fail", JOB, { outcome: "Aborted" });
  await call("POST", "/revoke", { reason: "lost" });
  world.clock.nowMs += 1000;
  expect(await call("POST", "/restoreAccess", {})).toMatchObject(needsApproval);
  expect((await world.operator("erase", JOB)).status).toBe(200);
  const { value } = exactly(approvalList, (await call("GET", "/approvals")).json);
  expect(value).toMatchObject([{ way: "change", state: "void", voidReason: "stage" }]);
});
