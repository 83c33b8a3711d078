import { hash } from "node:crypto";

import { keyHealthView } from "@databox-cmk/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { HealthVerdict } from "../../src/core/key-health.ts";
import { orderIdOf } from "../../src/core/order.ts";
import { loadCurrentKey } from "../../src/custody/current-key.ts";
import { recordHealth } from "../../src/key-life/health/record-health.ts";
import { CUSTOMER_KEY, KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { exactly } from "../world/exactly.ts";
import { API, GROUP, jobPath, minimalJob, SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const DAY_MS = 86_400_000;
const RECEIVERS = ["https://one.example/hook", "https://two.example/hook"] as const;

let world: BrokerWorld;
beforeEach(async () => {
  world = await openBroker({
    settings: {
      KEY_HEALTH_INTERVAL_SECONDS: "900",
      KEY_HEALTH_PER_VAULT_PER_MINUTE: "2",
      WEBHOOK_URLS: RECEIVERS.join(","),
    },
  });
});
afterEach(() => world[Symbol.asyncDispose]());

const read = async (job: string) => {
  const { status, json } = await world.call("GET", `${jobPath(job)}/keyHealth?${API}`, {
    claims: { roles: ["Reader"] },
  });
  expect(status).toBe(200);
  return exactly(keyHealthView, json);
};
const checkNow = (job: string, role = "Contributor") =>
  world.call("POST", `${jobPath(job)}/keyHealth/check?${API}`, { claims: { roles: [role] } });
const later = async (minutes: number): Promise<void> => {
  world.clock.nowMs += minutes * 60_000;
  await world.broker().watchKeys();
};
const expireIn = (days: number): void => {
  world.vaults.setExpiry(world.kid, Math.ceil((world.clock.nowMs + days * DAY_MS) / 1000));
};
const healthRows = async (job: string) => {
  const { json } = await world.call("GET", `${jobPath(job)}/activity?${API}`);
  return json.value
    .map(({ row }: { row: { action: string } }) => row)
    .filter(({ action }: { action: string }) => action === "key/health");
};

type Posted = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- as a receiver reads it
  readonly event: any;
};
/** Takes what is sent from now on. @param status - of each answer, by receiver */
function receive(status: (url: string) => number | undefined = () => 204): Posted[] {
  const posted: Posted[] = [];
  world.receivers.post = (url, headers, body) => {
    posted.push({ url, headers, body, event: JSON.parse(body) as unknown });
    return Promise.resolve({ status: status(url) });
  };
  return posted;
}

describe("the health of a key", () => {
  test("is known as soon as the key is in force", async () => {
    await world.prepared("fresh1");
    expect(await read("fresh1")).toMatchObject({
      state: "Healthy",
      kid: world.kid,
      ageSeconds: 0,
      recoverableDays: 7,
      risks: [],
      // The key is fine; the order's next step is its dispatch.
      nextStep: { who: "broker-operator" },
    });
    expect(await healthRows("fresh1")).toEqual([]);
  });

  test("is at risk at once when a key is chosen that expires before the order ends", async () => {
    const posted = receive();
    expireIn(12);
    await world.prepared("short1");
    expect(await read("short1")).toMatchObject({
      state: "AtRisk",
      risks: [
        {
          risk: "expires-before-order-end",
          message: "The key expires in 12 days, before the order is expected to end",
        },
      ],
      nextStep: { who: "security-administrator" },
    });
    await world.broker().deliverEvents();
    expect(posted.map(({ event }) => event.data.after.state)).toEqual(["at-risk", "at-risk"]);
  });

  test("follows the vault: disabled, enabled again, and each change is in the audit trail", async () => {
    await world.prepared("follow1");
    world.vaults.setEnabled(world.kid, false);
    await later(17);
    const unusable = await read("follow1");
    expect(unusable).toMatchObject({
      state: "Unusable",
      error: { code: "SsemUserErrorEncryptionKeyDisabled" },
      nextStep: { who: "security-administrator" },
    });
    expect(unusable.nextStep.command).toContain(VAULT_NAME);
    world.vaults.setEnabled(world.kid, true);
    await later(17);
    expect((await read("follow1")).state).toBe("Healthy");
    expect(await healthRows("follow1")).toMatchObject([
      { detail: { from: "healthy", to: "unusable" }, code: "SsemUserErrorEncryptionKeyDisabled" },
      { detail: { from: "unusable", to: "healthy" } },
    ]);
  });

  test("notices a removed right that Get alone would not show", async () => {
    await world.prepared("rights1");
    const { principal_id: principal } = await world
      .store()
      .selectFrom("order_identities")
      .select("principal_id")
      .executeTakeFirstOrThrow();
    world.vaults.grant(VAULT_NAME, principal, ["get"]);
    await later(17);
    expect(await read("rights1")).toMatchObject({
      state: "Unusable",
      error: { code: "SsemUserErrorKeyVaultBadRequestException" },
    });
  });

  test("of a deleted key says until when it can be recovered", async () => {
    await world.prepared("deleted1");
    world.vaults.deleteKey(VAULT_NAME, KEY_NAME);
    await later(17);
    const { state, error } = await read("deleted1");
    expect(state).toBe("Unusable");
    expect(error?.code).toBe("SsemUserErrorKeyDetailsNotFound");
    expect(error?.details[0]?.code).toBe("key-deleted-recoverable");
    expect(JSON.stringify(error)).toContain("2026-01-09");
  });

  test("stays as it was, with its age, while the vault does not answer", async () => {
    await world.prepared("outage1");
    world.vaults.setOutage(VAULT_NAME, { code: "KeyVaultThrottled" });
    await later(17);
    expect(await read("outage1")).toMatchObject({
      state: "Healthy",
      ageSeconds: 17 * 60,
      inconclusive: { code: "KeyVaultThrottled" },
    });
    expect(await healthRows("outage1")).toEqual([]);
  });

  test("notes an outage that an unlock meets at once, and its end", async () => {
    const device = await world.delivered("outage2");
    world.vaults.setOutage(VAULT_NAME, { code: "KeyVaultThrottled" });
    expect((await device.unlock("unlock")).answer.kind).toBe("denial");
    await world.broker().idle();
    expect(await read("outage2")).toMatchObject({
      state: "Healthy",
      inconclusive: { code: "KeyVaultThrottled" },
    });
    world.vaults.setOutage(VAULT_NAME, undefined);
    world.clock.nowMs += 1000;
    expect((await device.unlock("unlock")).answer.kind).toBe("answer");
    await world.broker().idle();
    const { state, inconclusive } = await read("outage2");
    expect([state, inconclusive]).toEqual(["Healthy", undefined]);
  });

  test("follows each use of the key, without waiting for the next look", async () => {
    const device = await world.delivered("used1");
    world.vaults.setEnabled(world.kid, false);
    expect((await device.unlock("unlock")).answer.kind).toBe("denial");
    await world.broker().idle();
    expect((await read("used1")).state).toBe("Unusable");
    world.vaults.setEnabled(world.kid, true);
    expect((await device.unlock("unlock")).answer.kind).toBe("answer");
    await world.broker().idle();
    expect((await read("used1")).state).toBe("Healthy");
  });

  test("follows the probe of a key that a lease depends on, without waiting for the next check", async () => {
    const device = await world.delivered("probed1");
    expect((await device.unlock("unlock")).answer.kind).toBe("answer");
    world.vaults.setEnabled(world.kid, false);
    world.clock.nowMs += 60_000;
    expect(await world.broker().probe()).toBe(1);
    await world.broker().idle();
    expect(await read("probed1")).toMatchObject({
      state: "Unusable",
      error: { code: "SsemUserErrorEncryptionKeyDisabled" },
    });
  });

  test("is what the vault said last, in whichever order results are stored", async () => {
    await world.prepared("order1");
    await checkNow("order1");
    const store = world.store();
    const order = orderIdOf({ subscriptionId: SUBSCRIPTION, resourceGroup: GROUP, name: "order1" });
    const { revision } = (await loadCurrentKey(store, order)) ?? { revision: 0 };
    const askedAtMs = world.clock.nowMs;
    const record = (sinceMs: number, verdict: HealthVerdict) =>
      recordHealth(
        {
          store,
          appendAudit: () => Promise.resolve({ sequence: 1, hash: "" }),
          announce: () => Promise.resolve(),
          readNextStep: () => Promise.resolve(undefined),
          now: () => askedAtMs + 60_000,
        },
        { order, revision, sinceMs, verdict },
      );
    const unusable = {
      state: "unusable",
      code: "SsemUserErrorEncryptionKeyDisabled",
      facts: {},
    } as const;
    await record(askedAtMs + 1, { state: "healthy" });
    expect(await record(askedAtMs + 3, unusable)).toEqual(unusable);
    expect(await record(askedAtMs + 2, { state: "healthy" })).toEqual(unusable);
    expect(await record(askedAtMs + 4, { state: "healthy" })).toEqual({ state: "healthy" });
  });

  test("is asked for by a check now, however long the next look is away", async () => {
    await world.prepared("checked1");
    world.vaults.setEnabled(world.kid, false);
    world.clock.nowMs += 60_000;
    expect(await read("checked1")).toMatchObject({
      state: "Healthy",
      ageSeconds: 60,
      checkIntervalSeconds: 900,
    });
    expect(await checkNow("checked1")).toMatchObject({
      status: 200,
      json: {
        state: "Unusable",
        ageSeconds: 0,
        error: { code: "SsemUserErrorEncryptionKeyDisabled" },
      },
    });
    world.vaults.setEnabled(world.kid, true);
    expect((await checkNow("checked1")).json).toMatchObject({ state: "Healthy" });
    const refused = await checkNow("checked1", "Reader");
    expect([refused.status, refused.json.error.code]).toEqual([403, "AuthorizationFailed"]);
  });

  test("is not asked for beyond the vault's budget, and says how old it is", async () => {
    await world.prepared("budget1");
    // Each replica has a budget of its own, and there are at most three.
    for (let count = 0; count < 9; count += 1) await checkNow("budget1");
    world.vaults.setEnabled(world.kid, false);
    world.clock.nowMs += 10_000;
    expect((await checkNow("budget1")).json).toMatchObject({ state: "Healthy", ageSeconds: 10 });
  });

  test("follows a preflight of the current key that fails, without waiting for the next look", async () => {
    await world.prepared("tried1");
    world.vaults.setEnabled(world.kid, false);
    const path = `${jobPath("tried1")}/validateKeyEncryptionKey?${API}`;
    const tried = await world.call("POST", path, { body: {} });
    expect(tried.json).toMatchObject({ status: "Invalid" });
    await expect
      .poll(() => read("tried1"))
      .toMatchObject({
        state: "Unusable",
        error: { code: "SsemUserErrorEncryptionKeyDisabled" },
      });
    world.vaults.setEnabled(world.kid, true);
    await world.call("POST", path, { body: {} });
    await expect.poll(() => read("tried1")).toMatchObject({ state: "Healthy" });
  });

  test("is not checked because of a preflight that reached no vault", async () => {
    await world.prepared("silent1");
    world.vaults.setOutage(VAULT_NAME, { code: "KeyVaultUnreachable", reason: "timeout" });
    const path = `${jobPath("silent1")}/validateKeyEncryptionKey?${API}`;
    await world.call("POST", path, { body: {} });
    await world.broker().idle();
    world.vaults.setOutage(VAULT_NAME, undefined);
    const { state, inconclusive } = await read("silent1");
    expect([state, inconclusive]).toEqual(["Healthy", undefined]);
  });

  test("is not watched when the key is the service's own, or the order has ended", async () => {
    await world.call("PUT", `${jobPath("own1")}?${API}`, { body: minimalJob() });
    expect(await read("own1")).toMatchObject({ state: "NotWatched" });
    await world.call("PATCH", `${jobPath("own1")}?${API}`, {
      body: { identity: { type: "SystemAssigned" } },
    });
    const details = { keyEncryptionKey: CUSTOMER_KEY };
    await world.call("PATCH", `${jobPath("own1")}?${API}`, { body: { properties: { details } } });
    expect(await read("own1")).toMatchObject({ state: "Healthy" });
    await world.call("POST", `${jobPath("own1")}/cancel?${API}`, { body: { reason: "x" } });
    expect(await read("own1")).toMatchObject({ state: "NotWatched" });
    await later(17);
    expect(await world.store().selectFrom("key_health").select("state").execute()).toEqual([]);
  });
});

const checkedAt = async (): Promise<readonly (number | null)[]> =>
  (
    await world
      .store()
      .selectFrom("key_health")
      .select("checked_at_ms")
      .orderBy("checked_at_ms")
      .execute()
  ).map((row) => row.checked_at_ms);

describe("looks", () => {
  test("come once an interval, and never more often than a vault's budget allows", async () => {
    for (const job of ["many1", "many2", "many3", "many4"]) await world.prepared(job);
    const beganMs = world.clock.nowMs;
    await later(17);
    const first = await checkedAt();
    expect(first.filter((atMs) => (atMs ?? 0) > beganMs)).toHaveLength(2);
    await later(0.5);
    expect((await checkedAt()).filter((atMs) => (atMs ?? 0) > beganMs)).toHaveLength(3);
    await later(1);
    expect((await checkedAt()).filter((atMs) => (atMs ?? 0) > beganMs)).toHaveLength(4);
    const settled = await checkedAt();
    await later(1);
    expect(await checkedAt()).toEqual(settled);
  });

  test("at a vault that does not answer stop at the first, and begin again a minute later", async () => {
    for (const job of ["dead1", "dead2"]) await world.prepared(job);
    world.vaults.setOutage(VAULT_NAME, { code: "KeyVaultUnreachable", reason: "timeout" });
    const tried = async () =>
      (await world.store().selectFrom("key_health").select("inconclusive_at_ms").execute()).filter(
        (row) => row.inconclusive_at_ms !== null,
      ).length;
    await later(20);
    expect(await tried()).toBe(1);
    await later(0.5);
    expect(await tried()).toBe(1);
    await later(1);
    expect(await tried()).toBe(2);
  });

  test("that break are logged and change nothing", async () => {
    await world.prepared("broken1");
    await world.store().deleteFrom("order_keys").execute();
    await later(17);
    expect((await checkedAt()).length).toBe(1);
  });
});

describe("an event", () => {
  test("is a CloudEvent that each receiver gets once", async () => {
    const posted = receive();
    await world.prepared("event1");
    world.vaults.setEnabled(world.kid, false);
    await later(17);
    await later(1); // The same result again is not news.
    await world.broker().deliverEvents();
    await world.broker().deliverEvents();
    expect(posted.map(({ url }) => url).toSorted()).toEqual(RECEIVERS);
    const [first, second] = posted;
    expect(first?.body).toBe(second?.body);
    expect(first?.event).toMatchObject({
      specversion: "1.0",
      type: "com.databox-cmk.key-health.changed",
      source: "https://broker.localhost",
      subject: jobPath("event1").toLowerCase(),
      datacontenttype: "application/json",
      data: {
        kid: world.kid,
        before: { state: "healthy" },
        after: { state: "unusable", code: "SsemUserErrorEncryptionKeyDisabled" },
        nextStep: { who: "security-administrator" },
      },
    });
    expect(first?.headers).toMatchObject({
      "content-type": "application/cloudevents+json",
      "webhook-id": first?.event.id,
      "content-digest": `sha-256=:${hash("sha256", first?.body ?? "", "base64")}:`,
    });
    expect((await healthRows("event1"))[0].correlationId).toBe(first?.event.id);
  });

  test("of a key that works again names the step against another hindrance", async () => {
    const posted = receive();
    await world.delivered("revoked1");
    world.vaults.setEnabled(world.kid, false);
    await later(17);
    const path = `${jobPath("revoked1")}/revoke?${API}`;
    expect((await world.call("POST", path, { body: { reason: "lost" } })).status).toBe(200);
    world.vaults.setEnabled(world.kid, true);
    await later(17);
    await world.broker().deliverEvents();
    const news = posted.map(({ event: { data } }) => data).filter(({ after }) => after);
    expect(news.at(-1)).toMatchObject({
      after: { state: "healthy" },
      nextStep: { who: "security-administrator", text: expect.stringContaining("kill switch") },
    });
  });

  test("that a receiver did not accept is sent again under the same id, also after a restart, and only to that receiver", async () => {
    const refused = receive((url) => (url === RECEIVERS[0] ? 204 : 503));
    await world.prepared("retry1");
    world.vaults.setEnabled(world.kid, false);
    await later(17);
    await world.broker().deliverEvents();
    expect(refused).toHaveLength(2);
    await world.restart();
    const taken = receive();
    await world.broker().deliverEvents();
    expect(taken).toHaveLength(0); // not before its time
    world.clock.nowMs += 5_000;
    await world.broker().deliverEvents();
    expect(taken.map(({ url }) => url)).toEqual([RECEIVERS[1]]);
    expect(taken[0]?.event.id).toBe(refused[0]?.event.id);
    world.clock.nowMs += 3_600_000;
    await world.broker().deliverEvents();
    expect(taken).toHaveLength(1);
  });

  test("that was being sent when the broker died is sent by the next one", async () => {
    world.receivers.post = () => Promise.reject(new Error("the process ends here"));
    await world.prepared("died1");
    world.vaults.setEnabled(world.kid, false);
    await later(17);
    await expect(world.broker().deliverEvents()).rejects.toThrow("the process ends here");
    await world.restart();
    const taken = receive();
    world.clock.nowMs += 60_000;
    await world.broker().deliverEvents();
    expect(taken).toHaveLength(2);
  });
});

test("with an interval of 0, only uses and changes of a key check its health", async () => {
  await using quiet = await openBroker({ settings: { KEY_HEALTH_INTERVAL_SECONDS: "0" } });
  await quiet.prepared("quiet1");
  quiet.vaults.setEnabled(quiet.kid, false);
  quiet.clock.nowMs += DAY_MS;
  await quiet.broker().watchKeys();
  const { json } = await quiet.call("GET", `${jobPath("quiet1")}/keyHealth?${API}`);
  expect(json).toMatchObject({ state: "Healthy", ageSeconds: 86_400 });
});
