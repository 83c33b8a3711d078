import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { localState } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { createUiWorld, PASSKEY, type UiWorld } from "./ui-world.ts";

const REASON = "restore for project 7";

/** Not the broker's five seconds, but long enough for others to have a turn. */
const pause = (_milliseconds: number, signal: AbortSignal) =>
  sleep(20, undefined, { signal }).catch(() => undefined);

async function createGuardedUi(required = 2): Promise<UiWorld> {
  const site = await createUiWorld({ pause });
  site.world.broker.approvals.required = required;
  return site;
}

const isWaiting = (state: { operation?: { outcome: string }; waiting?: { isAsked: boolean } }) =>
  state.operation?.outcome === "waiting" && state.waiting?.isAsked === true;
const ended = (state: { operation?: { outcome: string } }) =>
  ["done", "failed"].includes(state.operation?.outcome ?? "");

test("an unlock that must be approved keeps waiting without a page, and the page shows its progress", async () => {
  await using site = await createGuardedUi();
  const { approvals } = site.world.broker;
  const waiting = site.client.event(isWaiting);
  expect((await site.client.post("/api/unlock", { reason: REASON })).status).toBe(202);
  const state = localState.parse(await waiting);
  expect(state).toMatchObject({
    lock: { kind: "locked" },
    waiting: { required: 2, given: 0, isAsked: true, leftSeconds: expect.any(Number) },
    operation: { what: "unlock", outcome: "waiting" },
  });
  expect(state).not.toHaveProperty("lastFailure");
  expect(approvals.open().reason).toBe(REASON);
  // Names and reason are for who has signed in.
  expect(state.waiting).not.toHaveProperty("reason");
  expect(state.waiting).not.toHaveProperty("approvedBy");
  await site.client.signIn(PASSKEY);
  const one = site.client.event((shown) => shown.waiting?.given === 1);
  approvals.approve("ada@example.com");
  expect(await one).toMatchObject({
    waiting: { approvedBy: ["ada@example.com"], reason: REASON, given: 1 },
  });
  const open = site.client.event((shown) => shown.lock.kind === "unlocked" && ended(shown));
  approvals.approve("ben@example.com");
  const opened = localState.parse(await open);
  expect(opened).toMatchObject({ lock: { by: "network" }, operation: { outcome: "done" } });
  expect(opened).not.toHaveProperty("waiting");
  const steps = opened.operation?.steps.map(({ name }) => name) ?? [];
  expect(steps.indexOf("approval")).toBeGreaterThan(steps.indexOf("answer"));
  expect(new Set(steps).size).toBe(steps.length);
  expect(approvals.requests.size).toBe(1);
});

test("meanwhile the passkey opens the volume, and the wait continues for its lease", async () => {
  await using site = await createGuardedUi(1);
  const waiting = site.client.event(isWaiting);
  await site.client.post("/api/unlock");
  await waiting;
  const opening = site.client.event((state) => state.lock.by === "passkey" && ended(state));
  await site.client.post("/api/unlock/passkey", { passkey: PASSKEY });
  expect(await opening).toMatchObject({ operation: { what: "passkey", outcome: "done" } });
  const leased = site.client.event((state) => state.lock.by === "network");
  site.world.broker.approvals.approve("ada");
  // The last operation is still shown.
  expect(await leased).toMatchObject({ operation: { what: "passkey" } });
});

test("a rejection is explained, and the next unlock starts a new request", async () => {
  await using site = await createGuardedUi();
  const { approvals } = site.world.broker;
  const waiting = site.client.event(isWaiting);
  await site.client.post("/api/unlock");
  await waiting;
  const failed = site.client.event(ended);
  approvals.end("ApprovalRejected");
  const state = localState.parse(await failed);
  expect(state).toMatchObject({
    operation: { outcome: "failed" },
    lastFailure: { failure: { code: "ApprovalRejected", class: "refused" } },
  });
  expect(state).not.toHaveProperty("waiting");
  const again = site.client.event(isWaiting);
  await site.client.post("/api/unlock");
  await again;
  expect(approvals.requests.size).toBe(2);
});

test("only who has signed in may drop it; asking again does not", async () => {
  await using site = await createGuardedUi();
  const { client, world } = site;
  const waiting = client.event(isWaiting);
  const { operation } = (await client.post("/api/unlock")).json;
  await waiting;
  expect((await client.post("/api/unlock")).json).toEqual({ operation });
  expect((await client.post("/api/unlock/cancel")).status).toBe(401);
  expect(existsSync(join(world.stateDir, "waiting-request.json"))).toBe(true);
  await client.signIn(PASSKEY);
  expect((await client.post("/api/unlock/cancel")).status).toBe(200);
  const state = (await client.get("/api/state")).json;
  expect(state).not.toHaveProperty("waiting");
  expect(state).not.toHaveProperty("operation");
  expect(world.broker.approvals.requests.size).toBe(1);
  expect(existsSync(join(world.stateDir, "waiting-request.json"))).toBe(false);
});

test("a restart of the daemon keeps the request, and a person continues it", async () => {
  await using site = await createGuardedUi(1);
  const waiting = site.client.event(isWaiting);
  await site.client.post("/api/unlock");
  await waiting;
  await site.restart();
  expect((await site.client.get("/api/state")).json).toMatchObject({
    waiting: { isAsked: false },
    lock: { kind: "locked" },
  });
  const again = site.client.event(isWaiting);
  await site.client.post("/api/unlock");
  await again;
  const open = site.client.event((state) => state.lock.kind === "unlocked");
  site.world.broker.approvals.approve("ada");
  await open;
  expect(site.world.broker.approvals.requests.size).toBe(1);
});

test.each([
  ["another member", { why: "x" }],
  ["a line break", { reason: "a\nb" }],
  ["nothing in it", { reason: "" }],
])("a reason with %s is refused", async (_what, body) => {
  await using site = await createGuardedUi();
  expect((await site.client.post("/api/unlock", body)).status).toBe(400);
});
