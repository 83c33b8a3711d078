import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createFakeBroker } from "@databox-cmk/testkit";
import type { FakeBroker } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { HAS_CRYPTSETUP } from "../agent-world.ts";
import { buildAgent, runUntilStep } from "./agent-process.ts";
import type { KilledRun, KillPoint } from "./agent-process.ts";

let agent: string;
let broker: FakeBroker;
let folder: string;
let caFile: string;
let nodeCount = 0;

beforeAll(async () => {
  agent = await buildAgent();
  broker = await createFakeBroker();
  folder = mkdtempSync(join(tmpdir(), "databox-crash-"));
  caFile = join(folder, "ca.pem");
  writeFileSync(caFile, broker.certificateAuthorityPem);
});

afterAll(async () => {
  await broker[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(agent, ".."), { recursive: true, force: true });
});

type CrashNode = {
  readonly serial: string;
  prepare(kill?: KillPoint): Promise<KilledRun>;
  run(command: string, kill?: KillPoint, input?: string): Promise<KilledRun>;
};

const TO_THE_END: KillPoint = { steps: "all", at: 0 };

async function createNode(volumeKind: "luks2" | "file"): Promise<CrashNode> {
  nodeCount += 1;
  const serial = `CRASH-${String(nodeCount)}`;
  const { enrolmentCode } = await broker.addNode(serial);
  const global = ["--state-dir", join(folder, serial)];
  const parameters = [
    ["--broker", broker.url],
    ["--order", broker.order],
    ["--serial", serial],
    ["--volume", join(folder, `${serial}.img`)],
    ["--volume-kind", volumeKind],
    ["--ca-file", caFile],
    ["--resolve-localhost"],
  ].flat();
  return {
    serial,
    prepare: (kill = TO_THE_END) =>
      runUntilStep(agent, [...global, "prepare", ...parameters], enrolmentCode, kill),
    run: (command, kill = TO_THE_END, input = "") =>
      runUntilStep(agent, [...global, command], input, kill),
  };
}

/**
 * All steps with the portable volume; with LUKS2, whose formatting takes time, those at which
 * cryptsetup starts or ends.
 */
const KINDS = [
  { volumeKind: "file", steps: "all", skip: false, fewest: { prepare: 25, unlock: 8 } },
  {
    volumeKind: "luks2",
    steps: "programs",
    skip: !HAS_CRYPTSETUP,
    fewest: { prepare: 6, unlock: 4 },
  },
] as const;

describe.each(KINDS)("a node with a $volumeKind volume", ({ volumeKind, steps, skip, fewest }) => {
  test.skipIf(skip)(
    "whose preparation was killed at any step is finished by the same command",
    async () => {
      const whole = await (await createNode(volumeKind)).prepare({ steps, at: 0 });
      expect(whole.steps).toBeGreaterThanOrEqual(fewest.prepare);
      await eachStep(whole, async (at) => {
        const node = await createNode(volumeKind);
        expect(await node.prepare({ steps, at })).toMatchObject({ signal: "SIGKILL" });
        expectSuccess(at, await node.prepare());
        expectSuccess(at, await node.run("unlock"));
      });
    },
  );

  test.skipIf(skip)(
    "whose unlock was killed at any step unlocks, with the newer envelope, the next time",
    async () => {
      const first = await createNode(volumeKind);
      await first.prepare();
      await broker.rewrap(first.serial);
      const whole = await first.run("unlock", { steps, at: 0 });
      expect(whole.steps).toBeGreaterThanOrEqual(fewest.unlock);
      const node = await createNode(volumeKind);
      await node.prepare();
      for (let at = 1; at <= (whole.steps ?? 0); at += 1) {
        await broker.rewrap(node.serial);
        expect(await node.run("unlock", { steps, at })).toMatchObject({ signal: "SIGKILL" });
        const next = await node.run("unlock");
        expectSuccess(at, next);
        const generation = broker.nodes.get(node.serial)?.generation;
        expect(JSON.parse(next.stdout)).toMatchObject({ generation });
      }
      expectSuccess(0, await node.run("journal"));
    },
  );
});

const challenged = async (node: CrashNode, kill?: KillPoint): Promise<string> => {
  const run = await node.run("challenge", kill);
  expectSuccess(0, run);
  const event: { readonly carried: { readonly text: string } } = JSON.parse(run.stdout);
  return event.carried.text;
};

describe("a node without network", () => {
  test("whose challenge was killed at any step makes one that is answered", async () => {
    const first = await createNode("file");
    await first.prepare();
    const whole = await first.run("challenge", { steps: "all", at: 0 });
    expect(whole.steps).toBeGreaterThanOrEqual(6);
    await eachStep(whole, async (at) => {
      const node = await createNode("file");
      await node.prepare();
      expect(await node.run("challenge", { steps: "all", at })).toMatchObject({
        signal: "SIGKILL",
      });
      const answer = await broker.answerChallenge(await challenged(node));
      expectSuccess(at, await node.run("respond", TO_THE_END, answer));
      expectSuccess(at, await node.run("journal"));
    });
  });

  test.each([
    { kind: "duration", seconds: 3600 },
    { kind: "boots", boots: 3 },
  ] as const)(
    "whose answer, by $kind, was killed at any step is opened by the same answer, once",
    async (lease) => {
      const first = await createNode("file");
      await first.prepare();
      const text = await challenged(first);
      const answer = await broker.answerChallenge(text, lease);
      const whole = await first.run("respond", { steps: "all", at: 0 }, answer);
      expect(whole.steps).toBeGreaterThanOrEqual(6);
      await eachStep(whole, async (at) => {
        const node = await createNode("file");
        await node.prepare();
        const carried = await broker.answerChallenge(await challenged(node), lease);
        expect(await node.run("respond", { steps: "all", at }, carried)).toMatchObject({
          signal: "SIGKILL",
        });
        const again = await node.run("respond", TO_THE_END, carried);
        const event: { readonly outcome: string; readonly reason?: string } = JSON.parse(
          again.stdout,
        );
        // Killed after the last write, it had opened already.
        expect(event.outcome === "unlocked" || event.reason === "none").toBe(true);
        expect(JSON.parse((await node.run("status")).stdout)).toMatchObject({
          outcome: "unlocked",
        });
        const third = await node.run("respond", TO_THE_END, carried);
        expect(JSON.parse(third.stdout)).toMatchObject({ code: "OfflineChallengeMissing" });
        expectSuccess(at, await node.run("journal"));
      });
    },
  );
});

/** Two nodes at a time. */
async function eachStep(
  { steps = 0 }: KilledRun,
  check: (at: number) => Promise<void>,
): Promise<void> {
  const half = async (first: number) => {
    for (let at = first; at <= steps; at += 2) await check(at);
  };
  await Promise.all([half(1), half(2)]);
}

function expectSuccess(step: number, { exitCode, stdout }: KilledRun): void {
  expect({ step, exitCode, stdout }).toEqual({ step, exitCode: 0, stdout: expect.any(String) });
}
