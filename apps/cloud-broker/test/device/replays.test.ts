import { messageHash } from "@databox-cmk/crypto";
import { codeOf, required } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { foldOrderId } from "../../src/core/order.ts";
import { forgetExpired } from "../../src/release/message/stored-answers.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker({ replicas: 1 });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const RACERS = 200;

describe("one nonce", () => {
  test(`is worth one grant, however ${String(RACERS)} different messages race for it`, async () => {
    const device = await world.delivered("race");
    const { nonce } = await device.challenge();
    const prepared = [];
    for (let index = 0; index < RACERS; index += 1)
      prepared.push(await device.prepareUnlock("unlock", {}, nonce));
    const callsBefore = world.unwraps();
    const { length } = await world.audit(device.order);
    const answers = await Promise.all(prepared.map((each) => device.sendUnlock(each)));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === "answer")).toHaveLength(1);
    expect(codes.filter((code) => code === "ReplayDetected")).toHaveLength(RACERS - 1);
    expect(world.unwraps()).toBe(callsBefore + 1);
    expect(await world.verifyAudit(device.order)).toMatchObject({
      ok: true,
      length: length + RACERS,
    });
  });

  // Evidence: A replayed request.
  // Evidence: A second valid signature of one message.
  test("is worth one grant to many copies of one message, which all get the same bytes", async () => {
    const device = await world.delivered("copies");
    const prepared = await device.prepareUnlock("unlock");
    const callsBefore = world.unwraps();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => device.sendUnlock(prepared)),
    );
    expect(
      new Set(answers.map((answer) => (answer.kind === "answer" ? answer.text : answer.kind))).size,
    ).toBe(1);
    expect(world.unwraps()).toBe(callsBefore + 1);
  });
});

describe("the same message again", () => {
  test("gets its stored answer for a minute, with a row that says so and no vault call", async () => {
    const device = await world.delivered("again");
    const prepared = await device.prepareUnlock("unlock");
    const first = await device.sendUnlock(prepared);
    const rows = await world.audit(device.order);
    const callsBefore = world.unwraps();
    world.clock.nowMs += 59_999;
    expect(await device.sendUnlock(prepared)).toEqual(first);
    expect(world.unwraps()).toBe(callsBefore);
    const repeated = (await world.audit(device.order)).slice(rows.length);
    const grantHash = messageHash(first.kind === "answer" ? first.text : "");
    expect(repeated).toMatchObject([
      { action: "unlock", outcome: "done", detail: { repeated: true, grantHash } },
    ]);
  });

  test("is only out of date after that minute, since its sender did nothing wrong", async () => {
    const device = await world.delivered("late");
    const prepared = await device.prepareUnlock("unlock");
    await device.sendUnlock(prepared);
    world.clock.nowMs += 60_000;
    await forgetExpired(world.store(), world.clock.nowMs);
    const answer = await device.sendUnlock(prepared);
    expect(answer).toMatchObject({ kind: "denial", value: { code: "NonceExpired" } });
    const { contentKey } = await device.unlock("unlock");
    expect(await world.opened(device, contentKey)).toBeDefined();
  });

  test("is still refused after old nonces and answers were deleted", async () => {
    const device = await world.delivered("forgotten");
    const prepared = await device.prepareUnlock("unlock");
    await device.sendUnlock(prepared);
    world.clock.nowMs += 600_000;
    await forgetExpired(world.store(), world.clock.nowMs);
    const left = await world.store().selectFrom("consumed_nonces").select("nonce_hash").execute();
    expect(left).toEqual([]);
    const callsBefore = world.unwraps();
    expect(await device.sendUnlock(prepared)).toMatchObject({
      kind: "denial",
      value: { code: "NonceExpired" },
    });
    expect(world.unwraps()).toBe(callsBefore);
  });

  test("cannot be opened by another device, which lacks the one-use key", async () => {
    const device = await world.delivered("stolen");
    const prepared = await device.prepareUnlock("unlock");
    await device.sendUnlock(prepared);
    const stolen = await device.sendUnlock(prepared);
    const other = await device.prepareUnlock("unlock");
    if (stolen.kind !== "answer") throw new Error("expected the stored answer");
    await expect(device.open(stolen.value, other)).rejects.toThrow("decryption-failed");
  });
});

describe("an outage", () => {
  const OUTAGES = [
    { code: "KeyVaultUnreachable", reason: "timeout" },
    { code: "KeyVaultThrottled", retryAfterSeconds: 7 },
    { code: "IdentityProviderUnreachable", reason: "entra" },
  ] as const;

  test.each(OUTAGES)(
    "of kind $code is signed, says when to try again and is not kept",
    async (failure) => {
      const device = await world.delivered(
        `outage-${failure.code.slice(0, 12).toLowerCase()}${String(OUTAGES.indexOf(failure))}`,
      );
      const prepared = await device.prepareUnlock("unlock");
      world.aroundUnwrap = () => Promise.resolve({ ok: false, failure });
      const answer = await device.sendUnlock(prepared);
      world.aroundUnwrap = undefined;
      expect(answer).toMatchObject({
        kind: "denial",
        value: {
          code: failure.code,
          class: "unreachable",
          retryAfterSeconds: "retryAfterSeconds" in failure ? failure.retryAfterSeconds : 5,
        },
      });
      expect((await world.audit(device.order)).at(-1)).toMatchObject({
        outcome: "failed",
        code: failure.code,
      });
      const callsBefore = world.unwraps();
      // For a while another replica might be calling the vault for this exact message.
      expect(await device.sendUnlock(prepared)).toMatchObject({
        kind: "denial",
        value: { code: "BrokerBusy", class: "unreachable" },
      });
      world.clock.nowMs += 15_000;
      expect(await device.sendUnlock(prepared)).toMatchObject({
        kind: "denial",
        value: { code: "NonceExpired" },
      });
      expect(world.unwraps()).toBe(callsBefore);
      const { contentKey } = await device.unlock("unlock");
      expect(await world.opened(device, contentKey)).toBeDefined();
    },
  );

  test("inside the broker is signed as its own fault and as no refusal", async () => {
    const device = await world.delivered("broken");
    const prepared = await device.prepareUnlock("unlock");
    world.aroundUnwrap = () => Promise.reject(new TypeError("secret thing"));
    const answer = await device.sendUnlock(prepared);
    world.aroundUnwrap = undefined;
    expect(answer).toMatchObject({
      kind: "denial",
      status: 500,
      value: { code: "InternalError", class: "internal" },
    });
    expect(JSON.stringify(answer)).not.toContain("secret thing");
    expect(world.logLines.join("")).toContain("TypeError");
    expect(world.logLines.join("")).not.toContain("secret thing");
  });
});

test("a refusal by the vault is signed with its reason, the people and the steps, and kept", async () => {
  const device = await world.delivered("disabled");
  const failure = {
    code: "SsemUserErrorEncryptionKeyDisabled",
    vaultRequestId: "22222222-2222-4222-8222-222222222222",
    facts: { vaultName: "contoso", keyName: "kek", keyVersion: "0123" },
  } as const;
  world.aroundUnwrap = () => Promise.resolve({ ok: false, failure });
  const prepared = await device.prepareUnlock("unlock");
  const answer = await device.sendUnlock(prepared);
  world.aroundUnwrap = undefined;
  expect(answer).toMatchObject({
    kind: "denial",
    value: {
      code: "SsemUserErrorEncryptionKeyDisabled",
      class: "refused",
      who: "security-administrator",
      vaultRequestId: "22222222-2222-4222-8222-222222222222",
    },
  });
  expect(JSON.stringify(answer)).toContain("contoso");
  expect((await world.audit(device.order)).at(-1)).toMatchObject({
    outcome: "refused",
    detail: { keyName: "kek", keyVersion: "0123", purpose: "unlock", counter: 3 },
  });
  expect(await device.sendUnlock(prepared)).toEqual(answer);
  const { contentKey } = await device.unlock("unlock");
  expect(await world.opened(device, contentKey)).toBeDefined();
});

test("a device that is behind gets the newer envelope with its grant", async () => {
  const device = await world.delivered("behind");
  await world
    .store()
    .updateTable("envelopes")
    .set({ generation: 2 })
    .where("serial", "=", device.serial)
    .execute();
  const { answer, contentKey } = await device.unlock("unlock");
  expect(answer.kind === "answer" && answer.value.envelope !== undefined).toBe(true);
  expect(device.envelope?.generation).toBe(2);
  expect(await world.opened(device, contentKey)).toBeDefined();
  const next = await device.unlock("unlock");
  expect(next.answer.kind === "answer" && next.answer.value.envelope).toBe(undefined);
});

test("an erased order says that its secrets are gone", async () => {
  const device = await world.delivered("erased");
  await world.store().deleteFrom("envelopes").where("serial", "=", device.serial).execute();
  const { answer } = await device.unlock("unlock");
  expect(answer).toMatchObject({
    kind: "denial",
    value: { code: "SsemUserErrorSecretsNotGenerated" },
  });
});

// Evidence: Invalid curves and points of low order.
test("a sealing key of low order is malformed, and the content key goes nowhere", async () => {
  const node = required((await world.preparing("low-order"))[0]);
  const { device, code } = node;
  await device.enrol(code, { payload: (payload) => ({ ...payload, suite: "X25519" }) });
  const { answer } = await device.unlock("prepare", {
    payload: (payload) => ({
      ...payload,
      hpke: { suite: "X25519", publicKey: Buffer.alloc(32).toString("base64url") },
    }),
  });
  expect(answer).toMatchObject({ kind: "denial", value: { code: "DeviceMessageMalformed" } });
});

test.each(["Cancelled", "PickedUp"] as const)(
  "an order that becomes %s while its vault is asked gets no grant",
  async (stage) => {
    const device = await world.delivered(`meanwhile-${stage.toLowerCase()}`);
    world.aroundUnwrap = async (unwrap) => {
      const unwrapped = await unwrap();
      await world.setStage(device.order, stage);
      return unwrapped;
    };
    const { answer } = await device.unlock("unlock");
    world.aroundUnwrap = undefined;
    expect(answer).toMatchObject({ kind: "denial", value: { code: "PurposeForbidden" } });
    const grants = await world
      .store()
      .selectFrom("grants")
      .select("grant_hash")
      .where("order_id", "=", foldOrderId(device.order))
      .where("purpose", "=", "unlock")
      .execute();
    expect(grants).toEqual([]);
  },
);
