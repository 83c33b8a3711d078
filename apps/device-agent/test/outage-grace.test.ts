import type { LeaseTerms } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { renderEvent } from "../src/core/render-event.ts";
import { openStateFolder } from "../src/state/state-folder.ts";
import { createUiWorld, type UiWorld } from "./local-ui/ui-world.ts";

/** Enough for a slow machine between the unlock and the check. */
const SLACK_SECONDS = 600;
const TTL_SECONDS = 600;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

let node: UiWorld;
beforeEach(async () => {
  node = await createUiWorld();
});
afterEach(() => node[Symbol.asyncDispose]());

/**
 * In the form that the broker derives from a policy's `outageGrace`
 * (apps/cloud-broker/test/policy/unlock-policy.test.ts).
 */
const TERMS: readonly (readonly [string, Omit<LeaseTerms, "ttlSeconds">, number])[] = [
  ["none", { outageGraceSeconds: 0 }, TTL_SECONDS],
  ["15 minutes", { outageGraceSeconds: 15 * MINUTE }, 15 * MINUTE],
  ["24 hours", { outageGraceSeconds: 24 * HOUR }, 24 * HOUR],
];

async function unlocked(terms: Omit<LeaseTerms, "ttlSeconds">): Promise<void> {
  node.world.broker.leaseTerms = { ttlSeconds: TTL_SECONDS, ...terms };
  expect(await node.world.unlock()).toMatchObject({ outcome: "unlocked" });
}

/** The state after the broker has been silent for this long. */
function silentFor(seconds: number): void {
  const folder = openStateFolder(node.world.stateDir);
  const state = folder.readState();
  if (state?.lock.kind !== "unlocked" || state.lock.lease === undefined) throw new Error("locked");
  const { lease } = state.lock;
  const answeredAtMs = Math.max(0, lease.answeredAtMs - seconds * 1000);
  folder.writeState({ ...state, lock: { ...state.lock, lease: { ...lease, answeredAtMs } } });
}

const shown = async () => (await node.client.get("/api/state")).json.lock;
const lines = async () => renderEvent(await node.world.status());

describe("a node whose order's outage grace is", () => {
  test.each(TERMS)(
    // Evidence: Time left on the device.
    "%s shows how long it stays open, to people and programs",
    async (_name, terms, seconds) => {
      await unlocked(terms);
      const { details } = (await node.world.status()) as { details: Record<string, unknown> };
      for (const left of [details["graceLeftSeconds"], (await shown()).graceLeftSeconds]) {
        expect(left).toBeGreaterThanOrEqual(seconds - SLACK_SECONDS);
        expect(left).toBeLessThanOrEqual(seconds);
      }
      expect(details["closesWithoutAnswer"]).toMatch(/^in (?:\d+ (?:d|h|min|s) ?)+$/);
    },
  );

  // Evidence: Time left on the device.
  test("until reboot shows that, and no time", async () => {
    await unlocked({ outageGraceSeconds: 0, graceUntilReboot: true });
    const status = await node.world.status();
    expect(status).toMatchObject({ details: { closesWithoutAnswer: "at the next reboot" } });
    expect(status).not.toHaveProperty("details.graceLeftSeconds");
    expect(await shown()).toMatchObject({ kind: "unlocked", by: "network" });
    expect(await shown()).not.toHaveProperty("graceLeftSeconds");
    node.world.boot("boot-number-2");
    expect(await node.world.status()).toMatchObject({ outcome: "locked" });
    expect(await shown()).toMatchObject({ kind: "locked" });
  });
});

// Evidence: Time left on the device.
test("without an answer, the time left goes down, and the node shows the beginning and the end of the outage grace", async () => {
  await unlocked({ outageGraceSeconds: 24 * HOUR });
  expect(await lines()).not.toContain("has not answered");
  silentFor(TTL_SECONDS + 30);
  expect(await lines()).toMatch(
    /the broker has not answered since .*; the volume closes in 23 h [34]\d min/,
  );
  const { graceLeftSeconds, secondsSinceAnswer } = await shown();
  expect(graceLeftSeconds).toBeLessThanOrEqual(24 * HOUR - TTL_SECONDS - 30);
  expect(secondsSinceAnswer).toBeGreaterThanOrEqual(TTL_SECONDS + 30);
});
