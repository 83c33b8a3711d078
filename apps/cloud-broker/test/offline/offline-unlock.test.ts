import { setTimeout } from "node:timers/promises";

import { matchesCommitment, messageHash, parseEnvelope } from "@databox-cmk/crypto";
import { type DeviceClient, required } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, type JsonAnswer, openBroker } from "../world/open-broker.ts";

const LIMIT = 4;
let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker({ settings: { OFFLINE_UNLOCKS_PER_DAY: String(LIMIT) } });
});
afterAll(() => world[Symbol.asyncDispose]());

const submit = (
  job: string,
  challenge: string,
  options: { readonly reason?: string; readonly roles?: readonly string[] } = {},
): Promise<JsonAnswer> =>
  world.call("POST", `${jobPath(job)}/offlineUnlocks?${API}`, {
    body: { challenge, ...(options.reason === undefined ? {} : { reason: options.reason }) },
    ...(options.roles === undefined ? {} : { claims: { roles: [...options.roles] } }),
  });
/**
 * While one replica asks the vault, another says "busy" to the same message: it is asked again, as
 * clients do.
 */
const submitPatiently = async (job: string, challenge: string): Promise<JsonAnswer> => {
  for (let left = 50; ; left -= 1) {
    const answer = await submit(job, challenge);
    if (answer.status !== 503 || left === 0) return answer;
    expect(answer.json.error.code).toBe("BrokerBusy");
  }
};
const list = (job: string): Promise<JsonAnswer> =>
  world.call("GET", `${jobPath(job)}/offlineUnlocks?${API}`);
/** Status and code of a refusal, and the code of the signed denial that goes back to the node. */
const refusalOf = (device: DeviceClient, challengeText: string, { status, json }: JsonAnswer) => {
  const { code, details, additionalInfo } = json.error;
  const carried = additionalInfo.find(({ type }: { type: string }) => type === "OfflineAnswer");
  const answer = device.readCarried(carried.info.answer, challengeText);
  if (answer.kind !== "denial") throw new Error("not a denial");
  return { status, code, reason: details[0]?.code, signed: answer.value.code };
};
const putPolicy = async (job: string, offline: object): Promise<void> => {
  const path = `${jobPath(job)}/unlockPolicy?${API}`;
  const { json } = await world.call("GET", path);
  const put = await world.call("PUT", path, { body: { ...json, offline } });
  expect(put.status).toBe(200);
};

describe("a challenge that a person carried", () => {
  // Evidence: Answers for a signed-in person.
  test("is answered by a grant that opens on its node, and is audited with the person", async () => {
    const device = await world.delivered("carried");
    const asked = await device.prepareChallenge();
    const { status, json } = await submit("carried", asked.text, {
      reason: "no network in hall 7",
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      serial: device.serial,
      lease: { kind: "duration", seconds: 86_400 },
      usesLeftToday: LIMIT - 1,
    });
    const answer = device.readCarried(json.answer, asked.text);
    if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
    expect(answer.value.lease.offline).toEqual({ kind: "duration", seconds: 86_400 });
    const contentKey = await device.open(answer.value, asked);
    expect(matchesCommitment(parseEnvelope(device.envelope?.jwe), contentKey)).toBe(true);
    const { json: activity } = await world.call("GET", `${jobPath("carried")}/activity?${API}`);
    const { row } = activity.value.at(-1);
    expect(row).toMatchObject({
      action: "offline-unlock",
      outcome: "granted",
      serial: device.serial,
      actor: { kind: "caller" },
      detail: { challengeId: asked.challenge.challengeId, reason: "no network in hall 7" },
    });
    const { json: uses } = await list("carried");
    expect(uses).toMatchObject({
      value: [{ serial: device.serial, reason: "no network in hall 7", kid: world.kid }],
      usedToday: 1,
      limitPerDay: LIMIT,
    });
    const receipt = await device.receipt(json.answer, "unlocked");
    expect(receipt.kind).toBe("answer");
    expect((await list("carried")).json.value[0].receipt).toBe("unlocked");
    // No revocation reaches it before its lease ends.
    const preview = `${jobPath("carried")}/revocations/preview?${API}&of=switch`;
    expect((await world.call("GET", preview)).json).toMatchObject({
      closes: [],
      staysOpen: [device.serial],
      staysLocked: [],
    });
  });

  // Evidence: Single use.
  test("gets the same answer again for a while, then never", async () => {
    const device = await world.delivered("repeated");
    const { text } = await device.prepareChallenge();
    const first = await submit("repeated", text);
    const again = await submit("repeated", text);
    expect(again.json.answer).toBe(first.json.answer);
    expect(again.json.usesLeftToday).toBe(LIMIT - 1);
    world.clock.nowMs += 16 * 60_000;
    const late = await submit("repeated", text);
    expect(refusalOf(device, text, late)).toEqual({
      status: 409,
      code: "ReplayDetected",
      reason: "detail",
      signed: "ReplayDetected",
    });
  });

  test("is refused once its order was revoked, though it was answered a moment ago", async () => {
    const device = await world.delivered("revoked");
    const { text } = await device.prepareChallenge();
    expect((await submit("revoked", text)).status).toBe(200);
    await world.call("POST", `${jobPath("revoked")}/revoke?${API}`, { body: { reason: "stolen" } });
    const refused = await submit("revoked", text);
    expect(refusalOf(device, text, refused)).toMatchObject({
      status: 403,
      signed: "UnlockRevoked",
    });
  });

  test("is decided again after the vault refused it, with the same challenge", async () => {
    const device = await world.delivered("disabled");
    const { text } = await device.prepareChallenge();
    world.vaults.setEnabled(world.kid, false);
    const refused = await submit("disabled", text);
    world.vaults.setEnabled(world.kid, true);
    expect(refusalOf(device, text, refused)).toMatchObject({
      status: 400,
      code: "SsemUserErrorEncryptionKeyDisabled",
      signed: "SsemUserErrorEncryptionKeyDisabled",
    });
    expect((await list("disabled")).json.usedToday).toBe(0);
    expect((await submit("disabled", text)).status).toBe(200);
  });

  test("whose denial is carried back fits one QR code", async () => {
    const device = await world.delivered("qrcode");
    const { text } = await device.prepareChallenge();
    world.vaults.setEnabled(world.kid, false);
    const { json } = await submit("qrcode", text);
    world.vaults.setEnabled(world.kid, true);
    const carried = json.error.additionalInfo.at(-1).info.answer;
    expect(carried.length).toBeLessThan(QR_MEDIUM_MAX_BYTES);
    expect(text.length).toBeLessThan(QR_MEDIUM_MAX_BYTES);
  });

  // Evidence: Single use.
  test("of a node of another order tells the person nothing about that order", async () => {
    const device = await world.delivered("mine");
    await world.delivered("yours");
    const { text } = await device.prepareChallenge();
    const refused = await submit("yours", text);
    expect(refusalOf(device, text, refused)).toMatchObject({ code: "OrderMismatch" });
    expect(JSON.stringify(refused.json)).not.toContain("/jobs/mine");
    expect((await submit("mine", text)).status).toBe(200);
  });

  test("of a node of another order is refused, also while its own order's answer is made", async () => {
    const device = await world.delivered("hers");
    await world.delivered("his");
    const { text } = await device.prepareChallenge();
    let foreign: Promise<JsonAnswer> | undefined;
    world.aroundUnwrap = async (unwrap) => {
      foreign ??= submit("his", text);
      // One that waits for the answer to the other would wait for this call.
      await Promise.race([foreign, setTimeout(2_000)]);
      return unwrap();
    };
    const own = await submit("hers", text);
    world.aroundUnwrap = undefined;
    expect(own.status).toBe(200);
    const refused = required(await foreign);
    expect(refusalOf(device, text, refused)).toMatchObject({ code: "OrderMismatch" });
  });

  test("with a reason that has no canonical form is malformed, and releases nothing", async () => {
    const device = await world.delivered("halved");
    const { text } = await device.prepareChallenge();
    const { status, json } = await submit("halved", text, { reason: "half of a pair: \uD800" });
    expect({ status, json }).toMatchObject({
      status: 400,
      json: { error: { code: "InvalidRequestContent" } },
    });
    expect((await list("halved")).json).toMatchObject({ usedToday: 0, value: [] });
  });

  test.each([
    ["another message with its id", "ReplayDetected", "challengeId"],
    ["a counter that was seen", "CounterRollback", "counter"],
  ] as const)("%s is %s", async (_, code, member) => {
    const job = `again-${member}`.toLowerCase();
    const device = await world.delivered(job);
    const first = await device.prepareChallenge();
    expect((await submit(job, first.text)).status).toBe(200);
    const second = await device.prepareChallenge({
      payload: (challenge) => ({ ...challenge, [member]: first.challenge[member] }),
    });
    const refused = await submit(job, second.text);
    expect(refusalOf(device, second.text, refused)).toMatchObject({ status: 409, signed: code });
  });

  test.each([
    ["an unlock request of the network", { type: "databox-unlock-request+jws" }],
    ["one with a member too many", { payload: (value: object) => ({ ...value, nonce: "AAAA" }) }],
    [
      "one with a larger suite",
      { payload: (value: object) => ({ ...value, hpke: { suite: "X-Wing", publicKey: "AAAA" } }) },
    ],
  ])("%s is malformed", async (name, tamper) => {
    const job = `bad-${String(name.length)}`;
    const device = await world.delivered(job);
    const { text } = await device.prepareChallenge(tamper);
    const { status, json } = await submit(job, text);
    expect({ status, code: json.error.code }).toEqual({
      status: 400,
      code: "DeviceMessageMalformed",
    });
  });

  test("is answered although its lines were broken", async () => {
    const device = await world.delivered("broken-lines");
    const { text } = await device.prepareChallenge();
    const lines = ` ${text.replaceAll(/.{60}/g, "$&\r\n")}\n`;
    const { status, json } = await submit("broken-lines", lines);
    expect(status).toBe(200);
    expect(device.readCarried(json.answer, text).kind).toBe("answer");
  });

  test.each<[string, (text: string) => string]>([
    ["cut in its signature", (text) => text.slice(0, -10)],
    ["cut in its middle", (text) => text.slice(0, text.length / 2)],
    ["cut after its first part", (text) => text.slice(0, text.indexOf("."))],
    ["in lower case", (text) => text.toLowerCase()],
    ["with l for I", (text) => text.replaceAll("I", "l")],
  ])("%s is to be copied again", async (name, misread) => {
    const job = `misread-${String(name.length)}`;
    const device = await world.delivered(job);
    const { text } = await device.prepareChallenge();
    const { json } = await submit(job, misread(text));
    const { details, additionalInfo } = json.error;
    const [{ info }] = additionalInfo;
    expect({ ...info, reason: details[0].code }).toMatchObject({
      reason: "carried",
      class: "invalid",
      who: "site-operator",
    });
    expect(info.steps[0].text).toMatch(/^Copy the challenge again/);
    expect((await submit(job, text)).status).toBe(200);
  });

  test("that is none leaves few rows in the audit trail, and keeps no other order out", async () => {
    const own = { RATE_LIMIT_DEVICE_PER_MINUTE: "20", OFFLINE_UNLOCKS_PER_DAY: String(LIMIT) };
    await using strict = await openBroker({ settings: own, replicas: 1 });
    const carry = async (job: string, challenge: string) => {
      const path = `${jobPath(job)}/offlineUnlocks?${API}`;
      return strict.call("POST", path, { body: { challenge } });
    };
    await strict.delivered("nonsense");
    const codes: string[] = [];
    while (codes.length < 25) codes.push((await carry("nonsense", "a.b.c")).json.error.code);
    expect(codes.filter((code) => code === "RateLimited")).toHaveLength(5);
    const rows = await strict.audit("broker");
    expect(rows.filter(({ action }) => action === "offline-unlock")).toHaveLength(20);
    const device = await strict.delivered("sensible");
    expect((await carry("sensible", (await device.prepareChallenge()).text)).status).toBe(200);
  });

  // Evidence: Answers for a signed-in person.
  test("by a caller without the right is not even read", async () => {
    const device = await world.delivered("rights");
    const { text } = await device.prepareChallenge();
    const { status, json } = await submit("rights", text, { roles: ["DataBoxReader"] });
    expect({ status, code: json.error.code }).toEqual({ status: 403, code: "AuthorizationFailed" });
    expect((await submit("rights", text, { roles: ["DataBoxOperator"] })).status).toBe(200);
  });
});

describe("the rules of an order", () => {
  test("may forbid unlocks without network", async () => {
    const device = await world.delivered("forbidden");
    await putPolicy("forbidden", { allowed: false, lease: { kind: "boots", boots: 1 } });
    const { text } = await device.prepareChallenge();
    const refused = await submit("forbidden", text);
    expect(refusalOf(device, text, refused)).toEqual({
      status: 403,
      code: "OfflineUnlockForbidden",
      reason: "policy",
      signed: "OfflineUnlockForbidden",
    });
  });

  // Evidence: Leases by duration or boots.
  test("say how long a lease is: here a number of boots", async () => {
    const device = await world.delivered("boots");
    await putPolicy("boots", { allowed: true, lease: { kind: "boots", boots: 3 } });
    const { text } = await device.prepareChallenge();
    expect((await submit("boots", text)).json.lease).toEqual({ kind: "boots", boots: 3 });
  });

  // Evidence: Counted uses.
  test("count the uses of a day, however many come at once", async () => {
    const device = await world.delivered("limited");
    const asked: Awaited<ReturnType<DeviceClient["prepareChallenge"]>>[] = [];
    while (asked.length < LIMIT + 3) asked.push(await device.prepareChallenge());
    const answers: JsonAnswer[] = [];
    for (const { text } of asked) answers.push(await submit("limited", text));
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array.from({ length: LIMIT }, () => 200),
      403,
      403,
      403,
    ]);
    const { json } = answers.at(-1) ?? { json: undefined };
    expect(json.error.details[0].code).toBe("limit");
    world.clock.nowMs += 86_400_000;
    expect((await submit("limited", asked.at(-1)?.text ?? "")).status).toBe(200);
  });

  // Evidence: Single use.
  test("one challenge submitted many times at once is one grant", async () => {
    const device = await world.delivered("storm");
    const { text } = await device.prepareChallenge();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => submitPatiently("storm", text)),
    );
    expect(new Set(answers.map(({ json }) => messageHash(json.answer))).size).toBe(1);
    expect((await list("storm")).json).toMatchObject({ usedToday: 1, value: [{}] });
  });
});

/** ISO/IEC 18004, version 40 at level M, byte mode. */
const QR_MEDIUM_MAX_BYTES = 2331;
