import { generateKeyPairSync } from "node:crypto";

import { activityList } from "@databox-cmk/protocol";
import { type DeviceClient, LeaseClient, RekeyClient } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { CUSTOMER_KEY, KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { exactly } from "../world/exactly.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "told";
const PERSON = "22222222-2222-4222-8222-222222222222";
const DISABLED = "SsemUserErrorEncryptionKeyDisabled";
const SILENT = { code: "KeyVaultUnreachable", reason: "timeout" } as const;

let world: BrokerWorld;
let device: DeviceClient;
let holder: LeaseClient;
/** The newest version of the customer's key, once there is another one. */
let second: string;
let rows: readonly Readonly<Record<string, unknown>>[];

const call = (method: string, what: string, body?: unknown) =>
  world.call(method, `${jobPath(JOB)}${what}?${API}`, body === undefined ? {} : { body });
const useKey = (change: object) =>
  call("PATCH", "", {
    properties: { details: { keyEncryptionKey: { ...CUSTOMER_KEY, ...change } } },
  });
const setPolicy = async (release: object) => {
  const { json } = await call("GET", "/unlockPolicy");
  await call("PUT", "/unlockPolicy", { ...json, release: { ...json.release, ...release } });
};

/** Everything that happens to an order in its life, once. */
const LIFE: readonly (() => Promise<unknown>)[] = [
  async () => {
    device = await world.delivered(JOB);
  },
  async () => {
    const { answer } = await device.unlock("unlock");
    if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
    await device.receipt(answer.text, "unlocked");
    holder = new LeaseClient(device, answer.value.lease);
  },
  async () => {
    await call("POST", "/revocationDrill");
    const { payload } = await holder.renew();
    await holder.receipt({ outcome: "drilled", drill: String(payload["drill"]) });
  },
  async () => {
    const rekeying = new RekeyClient(holder);
    const { rekey } = await rekeying.propose();
    await rekeying.confirm(rekey);
  },
  async () => {
    await world.broker().probe();
    world.vaults.setEnabled(world.kid, false);
    world.clock.nowMs += 30_000;
    await world.broker().probe();
    await world.broker().idle();
    await holder.renew();
    await holder.receipt({ outcome: "relocked", cause: "order" });
  },
  () => device.unlock("unlock"),
  () => call("POST", "/listCredentials"),
  async () => {
    world.vaults.setEnabled(world.kid, true);
    await call("POST", "/listCredentials");
  },
  async () => {
    second = world.vaults.rotate(VAULT_NAME, KEY_NAME);
    world.vaults.setEnabled(second, false);
    await useKey({ kekUrl: second });
    world.vaults.setEnabled(second, true);
    await useKey({ kekUrl: second });
  },
  async () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = publicKey.export({ type: "spki", format: "pem" });
    await call("PUT", "/backupKeys/offline", { kind: "RecoveryKey", publicKey: pem });
    await call("GET", "/envelopes");
    await call("DELETE", "/backupKeys/offline");
  },
  async () => {
    await call("POST", "/revoke", { reason: "stolen" });
    await device.unlock("unlock");
    await call("POST", "/restoreAccess", {});
  },
  async () => {
    await call("PUT", "/unlockBudget", { unlocksPerDay: 9 });
    await call("DELETE", "/unlockBudget");
  },
  async () => {
    const { text } = await device.prepareChallenge();
    await call("POST", "/offlineUnlocks", { challenge: text, reason: "no network" });
  },
  async () => {
    world.vaults.setOutage(VAULT_NAME, SILENT);
    await device.unlock("unlock");
    world.vaults.setOutage(VAULT_NAME, undefined);
  },
  async () => {
    await setPolicy({
      approvals: { required: 1, approvers: [], expiresAfterSeconds: 3600 },
      breakGlass: true,
    });
    await device.unlock("unlock");
    const { json } = await call("GET", "/approvals");
    await call("POST", `/approvals/${String(json.value[0].id)}/reject`, { reason: "no" });
    await call("POST", "/breakGlass", { reason: "fire in hall 7" });
  },
  () => world.operator("pickUp", JOB),
  () => world.operator("receive", JOB),
];

beforeAll(async () => {
  world = await openBroker();
  for (const happen of LIFE) await happen();
  const { json } = await call("GET", "/activity");
  rows = exactly(activityList, json).value.map(({ row }) => row);
});
afterAll(() => world[Symbol.asyncDispose]());

const first = () => world.kid;
const newest = () => second;
/** Columns of the newest row of an action with that outcome. */
const columnsOf = (action: string, outcome: string) =>
  rows.findLast((row) => row["action"] === action && row["outcome"] === outcome);
const person = { kind: "caller", objectId: PERSON, address: "127.0.0.1" };
const node = () => ({ kind: "device", serial: device.serial, address: "127.0.0.1" });
const service = { kind: "broker" };

// Evidence: Activity rows.
test("each row of an order's life names action, time, outcome, caller and address", () => {
  expect(rows.length).toBeGreaterThan(35);
  for (const row of rows) {
    expect(row).toMatchObject({
      action: expect.stringMatching(/^[a-zA-Z-]+(?:\/[a-zA-Z]+)?$/) as string,
      at: expect.stringMatching(/^2026-01-02T03:0\d:/) as string,
      outcome: expect.stringMatching(/^(?:granted|refused|failed|done)$/) as string,
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    const [kind] = [Object(row["actor"]).kind as string];
    const who = kind === "caller" ? person : kind === "device" ? node() : service;
    expect(row["actor"]).toMatchObject(who);
  }
  const failed = rows.filter(({ outcome }) => outcome === "refused" || outcome === "failed");
  expect(failed.map(({ code }) => code)).toEqual(
    failed.map(() => expect.stringMatching(/^[A-Z]/) as string),
  );
});

describe("the key version and the failure's code are columns of", () => {
  test.each<readonly [string, string, () => object, () => string]>([
    ["unlock", "granted", node, first],
    ["unlock", "failed", node, newest],
    ["offline-unlock", "granted", () => person, newest],
    ["relock", "refused", node, first],
    ["lease/relocked", "done", node, first],
    ["rekey/propose", "granted", node, first],
    ["order/listCredentials", "granted", () => person, first],
    ["order/listCredentials", "refused", () => person, first],
    ["key/change", "refused", () => person, newest],
    ["key/change", "done", () => person, newest],
    ["key/health", "done", () => service, first],
    ["approval/request", "done", node, newest],
    // Evidence: Activity rows.
  ])("%s, %s", (action, outcome, who, kid) => {
    const row = columnsOf(action, outcome);
    expect(row).toMatchObject({ actor: who(), kid: kid() });
  });

  // Evidence: Activity rows.
  test("a refusal that is the key's, on every way on which it is met", () => {
    const refused = rows.filter(({ code }) => code === DISABLED);
    expect(refused.map(({ action }) => action)).toEqual([
      "key/health",
      "relock",
      "lease/relocked",
      "unlock",
      "order/listCredentials",
      "key/change",
    ]);
    const kids = refused.map(({ kid }) => kid);
    expect(kids).toEqual([...Array.from({ length: 5 }, first), newest()]);
  });
});
