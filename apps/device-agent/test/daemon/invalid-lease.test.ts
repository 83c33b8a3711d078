import type { ErrorCode } from "@databox-cmk/errors";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { FailureEvent } from "../../src/core/agent-event.ts";
import { renderEvent } from "../../src/core/render-event.ts";
import { type AgentWorld, createPreparedWorld } from "../agent-world.ts";
import { deny } from "../deny.ts";
import { createKeeperOf } from "./keeper-of.ts";

let world: AgentWorld;
beforeEach(async () => {
  world = await createPreparedWorld();
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
});
afterEach(() => world[Symbol.asyncDispose]());

/** The broker answers each renewal so, signed; it knows the lease no longer. */
const answerRenewals = (code: ErrorCode, retryAfterSeconds?: number) => {
  deny(
    world.broker,
    "/renewals",
    code,
    retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
  );
};

const createKeeper = () => createKeeperOf(world);

const lastRow = async () => {
  const journal = await world.run({ command: "journal", verify: false, last: 1 });
  return (journal as { rows?: readonly object[] }).rows?.at(-1);
};

describe("a broker that calls the lease of an open volume invalid", () => {
  test("is asked for a new grant, and the volume stays open", async () => {
    answerRenewals("LeaseInvalid");
    using node = createKeeper();
    const { id } = node.lease();
    await node.renew(2);
    expect(node.lease().id).not.toBe(id);
    expect(node.lease().hindered).toBeUndefined();
    expect(node.reported).toMatchObject([
      { event: "serve", code: "LeaseInvalid" },
      { event: "serve", outcome: "unlocked" },
    ]);
    expect(renderEvent(await world.status())).not.toContain("renewed no lease");
  });

  test("is not asked before the time that it names", async () => {
    answerRenewals("LeaseInvalid", 40);
    using node = createKeeper();
    expect(await node.renew(1)).toBeGreaterThanOrEqual(40_000);
    expect(world.broker.unlockRequests).toHaveLength(2); // prepare and unlock
  });

  test("closes the volume by its refusal of the new grant", async () => {
    answerRenewals("LeaseInvalid");
    using node = createKeeper();
    world.broker.refusal = { code: "UnlockRevoked" };
    await node.renew(2);
    expect(await world.status()).toMatchObject({ outcome: "locked" });
    expect(node.reported.at(-1)).toMatchObject({ code: "UnlockRevoked", relocked: true });
  });

  test.each([
    { renewals: "LeaseInvalid", grant: "KeyVaultUnreachable", told: "KeyVaultUnreachable" },
    { renewals: "DeviceNotAuthenticated", grant: undefined, told: "DeviceNotAuthenticated" },
  ] as const)(
    "$renewals is not called silence: status, event and journal say $told",
    async ({ renewals, grant, told }) => {
      answerRenewals(renewals);
      using node = createKeeper();
      world.broker.refusal = grant && { code: grant };
      await node.renew(2);
      const lines = renderEvent(await world.status());
      expect(lines).toMatch(
        new RegExp(`the broker answers, but has renewed no lease since .* \\(${told}\\)`),
      );
      expect(lines).not.toContain("has not answered");
      await node.close();
      const closed = { code: told, relocked: true, detail: expect.stringContaining("answered") };
      expect(node.reported.at(-1)).toMatchObject(closed);
      expect(await lastRow()).toMatchObject({
        event: "relocked",
        facts: { cause: "outage", code: told },
      });
    },
  );
});

test("a reason of a newer broker keeps no volume from closing, and doctor from its report", async () => {
  const reason = "newer";
  deny(world.broker, "/renewals", "PurposeForbidden", { members: { reason } });
  using node = createKeeper();
  await node.renew(1);
  expect(node.lease().hindered).toEqual({ code: "PurposeForbidden", reason });
  await node.close();
  expect(node.reported.at(-1)).toMatchObject({ code: "PurposeForbidden", relocked: true });
  expect(await world.run({ command: "doctor" })).toMatchObject({ code: "PurposeForbidden" });
});

test("after an order to close, doctor, status and unlock say the same cause, with its names", async () => {
  using node = createKeeper();
  const facts = { keyName: "kek", vaultName: "contoso", keyVersion: "0123" };
  const code = "SsemUserErrorEncryptionKeyDisabled";
  const { id: lease, sequence } = node.lease();
  const members = { lease, sequence };
  deny(world.broker, "/renewals", code, { facts, typ: MESSAGE_TYPES.relock, members });
  await node.renew(1);
  const [ordered] = node.reported;
  expect(ordered).toMatchObject({ code, relocked: true, ask: expect.stringContaining("kek") });
  const examined = await world.run({ command: "doctor" });
  const { ask, steps } = ordered as FailureEvent;
  expect(examined).toMatchObject({ outcome: "refused", code, ask, steps });
  expect(renderEvent(examined)).toMatch(/ ✗ last unlock .*closed by the broker's order/);
  expect(renderEvent(examined)).not.toMatch(/<[a-zA-Z]+>/);
  expect(renderEvent(await world.status())).toMatch(new RegExp(`\\[${code}\\][^]*Next: ${ask}`));
  world.broker.intercept = undefined;
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
  expect(await world.run({ command: "doctor" })).toMatchObject({ outcome: "healthy" });
  await world.lock();
  expect(renderEvent(await world.status())).not.toContain(code);
});
