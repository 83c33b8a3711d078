import { messageHash, signMessage } from "@databox-cmk/crypto";
import { type ErrorCode, explain } from "@databox-cmk/errors";
import { JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { AgentEvent } from "../../src/core/agent-event.ts";
import { renderEvent } from "../../src/core/render-event.ts";
import { createAskForGrant } from "../../src/daemon/ask-for-grant.ts";
import { createNodeState } from "../../src/daemon/daemon.ts";
import { createLeaseKeeper } from "../../src/daemon/lease-keeper.ts";
import { openJournal } from "../../src/journal/open-journal.ts";
import { connect } from "../../src/node/connect.ts";
import { eventOf } from "../../src/node/event-of.ts";
import { openNode, requirePrepared } from "../../src/node/hold-node.ts";
import { openIdentity } from "../../src/node/open-node.ts";
import { openVolume } from "../../src/volume/choose-volume.ts";
import { type AgentWorld, createPreparedWorld, SERIAL } from "../agent-world.ts";

const never = new AbortController().signal;

let world: AgentWorld;
beforeEach(async () => {
  world = await createPreparedWorld();
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
});
afterEach(() => world[Symbol.asyncDispose]());

/** The broker answers each renewal so, signed; it knows the lease no longer. */
function answerRenewals(code: ErrorCode, retryAfterSeconds?: number): void {
  const { broker } = world;
  const { class: errorClass, who, title, message, ask, steps } = explain(code);
  broker.intercept = async ({ path, request, answer }) => {
    if (!path.endsWith("/renewals")) return answer;
    const body = await signMessage(broker.signingKey, MESSAGE_TYPES.denial, {
      requestHash: messageHash(request),
      code,
      class: errorClass,
      who,
      title,
      message,
      ask,
      steps,
      correlationId: "11111111-1111-4111-8111-111111111111",
      retryAfterSeconds,
    });
    return { status: 409, headers: { "content-type": JOSE_MEDIA_TYPE }, body };
  };
}

/** The daemon's part, in this process. */
function createKeeper() {
  const { dependencies } = world;
  const { folder, settings, state: stored } = requirePrepared(world.stateDir);
  const state = createNodeState(folder);
  const reported: AgentEvent[] = [];
  const bootId = "boot-number-1";
  const identity = openIdentity(openNode(folder, settings, stored));
  const transport = connect(settings.connection);
  const keeper = createLeaseKeeper(
    {
      state,
      folder,
      volume: openVolume(settings.volume, SERIAL, []),
      journal: () => openJournal(folder.journalPath, { bootId, nowIso: dependencies.nowIso }),
      session: (deadline) => ({ ...identity, bootId, transport, deadline, mark: () => undefined }),
      context: () => ({ ...eventOf("serve", settings, dependencies), known: {} }),
      nowIso: dependencies.nowIso,
      report: (event) => {
        reported.push(event);
      },
    },
    createAskForGrant(state, dependencies),
  );
  const lease = () => {
    const { lock } = state.read();
    if (lock.kind !== "unlocked" || lock.lease === undefined) throw new Error("no lease");
    return lock.lease;
  };
  return {
    reported,
    lease,
    close: () => keeper.close(lease(), "outage"),
    /** A renewal that is due, as often as it is tried. */
    async renew(times: number) {
      let waitMs = 0;
      for (let time = 0; time < times; time += 1) {
        waitMs = await keeper.renew(lease(), never);
        await new Promise((resolve) => setTimeout(resolve, time === times - 1 ? 0 : waitMs));
      }
      return waitMs;
    },
    [Symbol.dispose]: () => transport[Symbol.dispose](),
  };
}

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
