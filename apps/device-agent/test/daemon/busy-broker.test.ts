import { AppError, renderArmError } from "@databox-cmk/errors";
import { leasePath } from "@databox-cmk/protocol";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { openStateFolder } from "../../src/state/state-folder.ts";
import { type AgentWorld, createPreparedWorld } from "../agent-world.ts";
import { buildAgent } from "../crash/agent-process.ts";
import { startDaemon } from "./daemon-process.ts";

const RETRY_AFTER_SECONDS = 1;
/** A timer may end so much early by another clock. */
const TIMER_MS = 2;
/** The unsigned answer of an overloaded broker. */
const BUSY = {
  status: 503,
  headers: {
    "content-type": "application/json; charset=utf-8",
    "retry-after": String(RETRY_AFTER_SECONDS),
  },
  body: JSON.stringify(renderArmError(new AppError("BrokerBusy")).body),
};

/** As if a third of the lease were over: its renewal is due. */
function letRenewalBeDue({ stateDir }: AgentWorld): string {
  const folder = openStateFolder(stateDir);
  const state = folder.readState();
  if (state?.lock.kind !== "unlocked") throw new Error("it is locked");
  const { lock } = state;
  if (lock.lease === undefined) throw new Error("no lease");
  const { id, ttlSeconds, answeredAtMs } = lock.lease;
  const lease = { ...lock.lease, answeredAtMs: answeredAtMs - (ttlSeconds * 1000) / 3 };
  folder.writeState({ ...state, lock: { ...lock, lease } });
  return id;
}

test("a busy broker is asked again no sooner than it said, with its volume open all the time", async () => {
  using built = openTemporaryFolder();
  const agent = await buildAgent(built.path);
  await using world = await createPreparedWorld();
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
  const id = letRenewalBeDue(world);
  const asked = new Map([
    [leasePath("renewals", id), [] as number[]],
    [leasePath("leaseEvents", id), [] as number[]],
  ]);
  world.broker.intercept = ({ path, answer }) => {
    const times = asked.get(path);
    times?.push(performance.now());
    return times === undefined ? answer : BUSY;
  };
  await using daemon = startDaemon(agent, world.stateDir);
  expect(await daemon.event({ outcome: "unreachable" })).toMatchObject({
    code: "BrokerBusy",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
  await expect
    .poll(() => Math.min(...[...asked.values()].map((times) => times.length)))
    .toBeGreaterThanOrEqual(3);
  const gaps = [...asked.values()].flatMap((times) =>
    times.slice(1).map((time, index) => time - (times[index] ?? 0)),
  );
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(RETRY_AFTER_SECONDS * 1000 - TIMER_MS);
  expect(new Set(gaps.map((gap) => Math.round(gap))).size).toBeGreaterThan(1);
  expect(await world.status()).toMatchObject({ outcome: "unlocked", details: { lease: id } });
});
