// @module-tag one-engine
import { approvalList, type UnlockPolicy } from "@databox-cmk/protocol";
import type { DeviceClient, PreparedUnlock } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { CUSTOMER_KEY } from "../world/customer-vault.ts";
import { exactly } from "../world/exactly.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "loosened";
const person = (digit: string) => `${digit.repeat(8)}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`;
const ADA = person("a");
const BEN = person("b");
/** Writes the order's policy, and may approve like the others. */
const OWNER = person("e");

let world: BrokerWorld;
let device: DeviceClient;
beforeEach(async () => {
  world = await openBroker();
  device = await world.delivered(JOB);
});
afterEach(() => world[Symbol.asyncDispose]());

const STRICT: UnlockPolicy = {
  outageGrace: "PT15M",
  leaseTtlSeconds: 60,
  offline: { allowed: false, lease: { kind: "duration", seconds: 600 } },
  release: {
    windows: [],
    approvals: { required: 2, approvers: [], expiresAfterSeconds: 3600 },
    breakGlass: false,
  },
};
const FREE: UnlockPolicy = {
  ...STRICT,
  outageGrace: "P1D",
  release: { ...STRICT.release, approvals: { ...STRICT.release.approvals, required: 0 } },
};

const as = (oid: string, roles: readonly string[]) => ({ claims: { oid, roles } });
const call = (method: string, path: string, body?: object) =>
  world.call(method, `${jobPath(JOB)}${path}?${API}`, {
    ...as(OWNER, ["Owner"]),
    ...(body === undefined ? {} : { body }),
  });
const write = (policy: UnlockPolicy) => call("PUT", "/unlockPolicy", policy);
const list = async () => {
  const { json } = await world.call("GET", `${jobPath(JOB)}/approvals?${API}`);
  return exactly(approvalList, json).value;
};
const approve = async (who: string, way: "network" | "change") => {
  const open = (await list()).find((each) => each.way === way && each.state === "waiting");
  return world.call("POST", `${jobPath(JOB)}/approvals/${open?.id ?? "none"}/approve?${API}`, {
    ...as(who, ["DataBoxApprover", "Owner"]),
    body: { reason: "agreed by telephone" },
  });
};
const kindOf = async (prepared: PreparedUnlock) => {
  const answer = await device.sendUnlock(prepared);
  if (answer.kind === "denial") return answer.value.code;
  return answer.kind === "answer" ? "grant" : answer.kind;
};
const waiting = async () => {
  const prepared = await device.prepareUnlock("unlock");
  expect(await kindOf(prepared)).toBe("pending");
  return prepared;
};
const needsApproval = { status: 409, json: { error: { code: "ChangeNeedsApproval" } } };

describe("an unlock policy that asks for approvals", () => {
  // Evidence: One person who lifts the two-person rule.
  test("is not lifted by one person, neither for waiting requests nor for later ones", async () => {
    await write(STRICT);
    const prepared = await waiting();
    expect(await write(FREE)).toMatchObject(needsApproval);
    expect((await call("GET", "/unlockPolicy")).json).toMatchObject(STRICT);
    expect(await kindOf(prepared)).toBe("pending");
    expect(await kindOf(await device.prepareUnlock("unlock"))).toBe("pending");
  });

  test("is loosened once the approvers agree, and waiting requests keep their original terms", async () => {
    await write(STRICT);
    const prepared = await waiting();
    expect(await write(FREE)).toMatchObject(needsApproval);
    expect((await list()).find(({ way }) => way === "change")).toMatchObject({
      way: "change",
      serial: "unlockPolicy/",
      state: "waiting",
      required: 2,
      reason: "loosens outageGrace, release.approvals.required",
      requestedBy: OWNER,
    });
    expect((await approve(OWNER, "change")).json.error).toMatchObject({
      code: "ApprovalForbidden",
    });
    await approve(ADA, "change");
    expect(await write(FREE)).toMatchObject(needsApproval);
    await approve(BEN, "change");
    expect((await write(FREE)).status).toBe(200);
    expect(await kindOf(prepared)).toBe("pending");
    await approve(ADA, "network");
    await approve(BEN, "network");
    const answer = await device.sendUnlock(prepared);
    expect(answer).toMatchObject({ value: { lease: { outageGraceSeconds: 900 } } });
    expect(await kindOf(await device.prepareUnlock("unlock"))).toBe("grant");
  });

  test("is loosened as approved only: another change is put before the approvers again", async () => {
    await write(STRICT);
    await write({ ...STRICT, outageGrace: "P1D" });
    await approve(ADA, "change");
    await approve(BEN, "change");
    expect(await write(FREE)).toMatchObject(needsApproval);
    expect((await list()).filter(({ state }) => state === "waiting")).toHaveLength(1);
  });

  test("is tightened by one person at once, also for waiting requests", async () => {
    await write({ ...STRICT, release: { ...STRICT.release, breakGlass: true } });
    const prepared = await waiting();
    await call("POST", "/breakGlass", { reason: "patient data needed" });
    expect((await write(STRICT)).status).toBe(200);
    expect(await kindOf(prepared)).toBe("pending");
  });

  test("does not restore requests that waited while it was stricter", async () => {
    const approvers = [ADA, BEN];
    const withApprovers = { ...STRICT.release.approvals, approvers };
    await write(STRICT);
    const prepared = await waiting();
    const named = { ...STRICT, release: { ...STRICT.release, approvals: withApprovers } };
    const agreed = async (policy: object) => {
      const send = () => call("PUT", "/unlockPolicy", policy);
      expect(await send()).toMatchObject(needsApproval);
      await approve(ADA, "change");
      await approve(BEN, "change");
      expect((await send()).status).toBe(200);
    };
    await agreed({ ...named, acceptUnknownApprovers: true });
    await agreed(STRICT);
    expect((await approve(OWNER, "network")).json.error).toMatchObject({
      code: "ApprovalForbidden",
    });
    expect(await kindOf(prepared)).toBe("pending");
  });

  const LOOSENED: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["its daily limit is raised", () => call("PUT", "/unlockBudget", { unlocksPerDay: 9 })],
    ["its daily limit is removed", () => call("DELETE", "/unlockBudget")],
    [
      "another vault gets a backup key",
      () =>
        call("PUT", "/backupKeys/second", {
          kind: "Vault",
          kekUrl: "https://other.vault.test/keys/kek",
          kekVaultResourceID: CUSTOMER_KEY.kekVaultResourceID.replace(/[^/]+$/, "other"),
        }),
    ],
    [
      "its key moves to another vault",
      () =>
        call("PATCH", "", {
          properties: {
            details: {
              keyEncryptionKey: {
                ...CUSTOMER_KEY,
                kekUrl: "https://other.vault.test/keys/kek",
                kekVaultResourceID: CUSTOMER_KEY.kekVaultResourceID.replace(/[^/]+$/, "other"),
              },
            },
          },
        }),
    ],
  ];
  // Evidence: One person who lifts the two-person rule.
  test.each(LOOSENED)("holds as well where %s", async (_name, loosen) => {
    await call("PUT", "/unlockBudget", { unlocksPerDay: 3 });
    await write(STRICT);
    expect(await loosen()).toMatchObject(needsApproval);
    expect((await list())[0]).toMatchObject({ way: "change", state: "waiting" });
  });

  test("lets one person lower its daily limit", async () => {
    await call("PUT", "/unlockBudget", { unlocksPerDay: 3 });
    await write(STRICT);
    expect((await call("PUT", "/unlockBudget", { unlocksPerDay: 2 })).status).toBe(200);
  });
});

describe("a kill switch", () => {
  // Evidence: One person who lifts the two-person rule.
  test("is not turned off by one person where the policy asks for approvals", async () => {
    await write(STRICT);
    await call("POST", "/revoke", { reason: "lost" });
    world.clock.nowMs += 1000;
    expect(await call("POST", "/restoreAccess", {})).toMatchObject(needsApproval);
    await approve(ADA, "change");
    expect(await call("POST", "/restoreAccess", {})).toMatchObject(needsApproval);
    expect(await kindOf(await device.prepareUnlock("unlock"))).toBe("UnlockRevoked");
    await approve(BEN, "change");
    expect((await call("POST", "/restoreAccess", {})).json).toMatchObject({ lifted: 1 });
    expect(await kindOf(await device.prepareUnlock("unlock"))).toBe("pending");
  });

  // Evidence: One person who lifts the two-person rule.
  test("that is activated after the approvals stays on, and they no longer count", async () => {
    await write(STRICT);
    await call("POST", "/revoke", { reason: "lost" });
    world.clock.nowMs += 1000;
    await call("POST", "/restoreAccess", {});
    await approve(ADA, "change");
    await approve(BEN, "change");
    world.clock.nowMs += 1000;
    await call("POST", "/revoke", { reason: "lost again" });
    world.clock.nowMs += 1000;
    expect(await call("POST", "/restoreAccess", {})).toMatchObject(needsApproval);
    expect(await kindOf(await device.prepareUnlock("unlock"))).toBe("UnlockRevoked");
  });

  test("that does not stand needs no approval to be turned off", async () => {
    await write(STRICT);
    expect((await call("POST", "/restoreAccess", {})).json).toMatchObject({ lifted: 0 });
    expect(await list()).toEqual([]);
  });
});

describe("a kill switch that is lifted", () => {
  // Evidence: One person who lifts the two-person rule.
  test("revives no break-glass that was opened before it", async () => {
    await write({ ...STRICT, release: { ...STRICT.release, breakGlass: true } });
    await call("POST", "/breakGlass", { reason: "patient data needed" });
    world.clock.nowMs += 1000;
    await call("POST", "/revoke", { reason: "lost" });
    world.clock.nowMs += 1000;
    await call("POST", "/restoreAccess", {});
    await approve(ADA, "change");
    await approve(BEN, "change");
    expect((await call("POST", "/restoreAccess", {})).json).toMatchObject({ lifted: 1 });
    expect(await kindOf(await device.prepareUnlock("unlock"))).toBe("pending");
  });
});
