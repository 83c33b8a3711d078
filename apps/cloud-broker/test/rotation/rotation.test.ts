import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { API, jobPath, SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "followed-order";
const HOUR_MS = 3_600_000;
const OPERATOR = { roles: ["DataBox.Operator"] };
let world: BrokerWorld;
let device: Awaited<ReturnType<BrokerWorld["delivered"]>>;
beforeEach(async () => {
  world = await openBroker();
  device = await world.delivered(JOB);
});
afterEach(() => world[Symbol.asyncDispose]());

const versions = async (): Promise<Record<string, unknown>[]> => {
  const { status, json } = await world.call("GET", `${jobPath(JOB)}/keyVersions?${API}`, {
    claims: { roles: ["Reader"] },
  });
  expect(status).toBe(200);
  return json.value;
};
const newest = async () =>
  (await world.call("GET", `${jobPath(JOB)}/keyVersions?${API}`)).json.newest;
/** An hour later: the poll, and the campaign that follows from it. */
const anHourLater = async () => {
  world.clock.nowMs += HOUR_MS * 1.2;
  await world.broker().pollKeys();
  return world.broker().runCampaigns();
};
const unlock = async () => {
  const { answer } = await device.unlock("unlock");
  if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
  return answer;
};
const ask = (path: string, claims: { roles: string[] }) =>
  world.call("GET", `${path}?${API}&keyUrl=${encodeURIComponent(world.kid)}`, { claims });

describe("a key without version", () => {
  // Evidence: Following a key without version.
  test("that got a new version has it put in force by itself, and a stale envelope still unlocks and is replaced", async () => {
    const second = world.vaults.rotate(VAULT_NAME, KEY_NAME);
    expect(await anHourLater()).toBe(1);
    expect(await versions()).toMatchObject([
      { kid: world.kid, safeToDisable: true, currentEnvelopes: 0, staleDevices: 1 },
      { kid: second, safeToDisable: false, currentEnvelopes: 1, orders: 1, staleDevices: 0 },
    ]);

    // An action that the answer calls safe breaks nothing, although the device holds an envelope of
    // the old version.
    world.vaults.setEnabled(world.kid, false);
    expect(device.envelope?.generation).toBe(1);
    const { value, text } = await unlock();
    expect(value.kid).toBe(second);
    expect(device.envelope?.generation).toBe(2);
    await device.receipt(text, "unlocked");
    const { json } = await world.call("GET", `${jobPath(JOB)}/keyVersions?${API}`);
    expect(json.devices).toEqual({ total: 1, acknowledged: 1 });
    expect(json.value[0]).toMatchObject({ safeToDisable: true, staleDevices: 0 });
    expect(json.value[1]).toMatchObject({ liveLeases: 1, lastUsedAt: expect.any(String) });
  });

  // Evidence: Following a key without version.
  test("is asked about once an hour, by one replica", async () => {
    await world.broker().pollKeys();
    expect(await world.broker().pollKeys()).toBe(0);
    world.clock.nowMs += HOUR_MS * 1.2;
    const asked = await Promise.all([world.broker().pollKeys(), world.broker().pollKeys()]);
    expect(asked.toSorted((one, other) => one - other)).toEqual([0, 1]);
  });

  // Evidence: Refused new keys.
  test("whose new version is disabled stays with the old one, and the answer says why", async () => {
    const second = world.vaults.rotate(VAULT_NAME, KEY_NAME);
    world.vaults.setEnabled(second, false);
    expect(await anHourLater()).toBe(0);
    expect((await unlock()).value.kid).toBe(world.kid);
    expect(await newest()).toMatchObject({
      error: { code: "SsemUserErrorEncryptionKeyDisabled" },
    });
    expect(await versions()).toMatchObject([
      {
        kid: world.kid,
        safeToDisable: false,
        reason:
          "Disabling it refuses the unlocks of 1 node of 1 order and re-locks 1 unlocked node.",
      },
    ]);
  });

  test("whose new version is disabled is a risk of key health, which ends as soon as that is checked", async () => {
    const health = async (path = "", method: "GET" | "POST" = "GET") =>
      (await world.call(method, `${jobPath(JOB)}/keyHealth${path}?${API}`)).json;
    await world.broker().watchKeys();
    expect(await health()).toMatchObject({ state: "Healthy" });
    const second = world.vaults.rotate(VAULT_NAME, KEY_NAME);
    world.vaults.setEnabled(second, false);
    await anHourLater();
    await world.broker().watchKeys();
    expect(await health()).toMatchObject({
      state: "AtRisk",
      kid: world.kid,
      risks: [
        {
          risk: "newest-version",
          message:
            "The newest version of the key cannot be used (SsemUserErrorEncryptionKeyDisabled); the current one stays in use",
        },
      ],
      nextStep: {
        who: "security-administrator",
        text: expect.stringContaining("Enable the key version"),
      },
    });
    const { json: activity } = await world.call("GET", `${jobPath(JOB)}/activity?${API}`);
    expect(activity.value).toContainEqual(
      expect.objectContaining({
        row: expect.objectContaining({
          action: "key/health",
          detail: { from: "healthy", to: "at-risk", risks: "newest-version" },
        }),
      }),
    );

    world.vaults.setOutage(VAULT_NAME, { code: "KeyVaultThrottled" });
    expect(await health("/check", "POST")).toMatchObject({ state: "AtRisk" });
    world.vaults.setOutage(VAULT_NAME, undefined);
    world.vaults.setEnabled(second, true);
    expect(await health("/check", "POST")).toMatchObject({ state: "Healthy", risks: [] });
  });

  test("of an ended order is no longer polled", async () => {
    await world.operator("fail", JOB, { outcome: "Aborted" });
    await anHourLater();
    expect(await world.store().selectFrom("key_polls").select("key_address").execute()).toEqual([]);
  });
});

describe("the versions that orders use of a key", () => {
  // Evidence: Safe to disable.
  test("are listed for all orders of a subscription, and for all orders to the operator", async () => {
    await world.prepared("second-order");
    const subscription = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DataBox/keyVersions`;
    for (const [path, claims] of [
      [subscription, { roles: ["Reader"] }],
      ["/operator/v1/keyVersions", OPERATOR],
    ] as const) {
      const { json } = await ask(path, { roles: [...claims.roles] });
      expect(json.value).toMatchObject([
        {
          kid: world.kid,
          orders: 2,
          orderIds: [jobPath(JOB).toLowerCase(), jobPath("second-order").toLowerCase()],
        },
      ]);
    }
    const elsewhere = subscription.replace(SUBSCRIPTION, "55555555-5555-4555-8555-555555555555");
    await world.broker().pollKeys();
    expect((await ask(subscription, { roles: ["Reader"] })).json.newest.kid).toBe(world.kid);
    const { json } = await ask(elsewhere, { roles: ["Reader"] });
    expect([json.value, json.newest]).toEqual([[], undefined]);
  });

  test("needs the right to read, and the key's URL", async () => {
    expect((await ask("/operator/v1/keyVersions", { roles: ["Owner"] })).status).toBe(403);
    const { status, json } = await world.call("GET", `/operator/v1/keyVersions`, {
      claims: OPERATOR,
    });
    expect([status, json.error.target]).toEqual([400, "keyUrl"]);
  });
});
