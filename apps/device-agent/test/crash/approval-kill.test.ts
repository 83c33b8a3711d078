import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  createFakeBroker,
  type FakeApproval,
  type FakeBroker,
  folderFor,
} from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import { buildAgent, COUNTED, eachStep, type KillPoint, runAgent } from "./agent-process.ts";

const PENDING = 6;

let agent: string;
let broker: FakeBroker;
const folder = folderFor(beforeAll);
let nodeCount = 0;
beforeAll(async () => {
  agent = await buildAgent(folder.path);
  broker = await createFakeBroker();
  broker.approvals.required = 2;
  writeFileSync(join(folder.path, "ca.pem"), broker.certificateAuthorityPem);
});
afterAll(async () => {
  await broker[Symbol.asyncDispose]();
});

async function createNode() {
  nodeCount += 1;
  const serial = `APPROVAL-${String(nodeCount)}`;
  const { enrolmentCode } = await broker.addNode(serial);
  const state = join(folder.path, serial);
  const run = (command: readonly string[], kill?: KillPoint, input = "") =>
    runAgent(agent, ["--state-dir", state, ...command], input, kill);
  const where = [
    "--broker",
    broker.url,
    "--ca-file",
    join(folder.path, "ca.pem"),
    "--resolve-localhost",
  ];
  const names = ["--order", broker.order, "--serial", serial];
  const place = ["--volume", join(folder.path, `${serial}.img`), "--volume-kind", "file"];
  await run(["prepare", ...where, ...names, ...place], undefined, enrolmentCode);
  return {
    run,
    keep: (kill?: KillPoint) => run(["unlock", "--no-wait"], kill),
    approve: (name: string) => {
      broker.approvals.approve(name, serial);
    },
    requests: (): readonly FakeApproval[] =>
      Array.from(broker.approvals.requests.values()).filter((request) => request.serial === serial),
    isKept: () => existsSync(join(state, "waiting-request.json")),
    files: () =>
      ["", ".new", ".gone"].filter((suffix) =>
        existsSync(join(state, `waiting-request.json${suffix}`)),
      ),
    isUnlocked: () => readFileSync(join(state, "state.json"), "utf8").includes('"unlocked"'),
  };
}
type Node = Awaited<ReturnType<typeof createNode>>;

/** The command is killed once at each of its steps, on a node of its own. */
async function atEachStep(
  prepare: (node: Node) => Promise<void>,
  fewest: number,
  check: (node: Node, at: number, rerun: KillPoint | undefined) => Promise<void>,
): Promise<void> {
  const first = await createNode();
  await prepare(first);
  const whole = await first.keep(COUNTED);
  expect(whole.steps).toBeGreaterThanOrEqual(fewest);
  await eachStep(whole, async (at, rerun) => {
    const node = await createNode();
    await prepare(node);
    const killed = await node.keep({ steps: "all", at });
    expect({ at, ...killed }).toMatchObject({ at, signal: "SIGKILL" });
    await check(node, at, rerun);
    expect(await node.run(["journal", "--verify"])).toMatchObject({ exitCode: 0 });
  });
}

async function opensByTheOneRequest(node: Node, at: number, rerun?: KillPoint): Promise<void> {
  expect({ at, ...(await node.keep(rerun)) }).toMatchObject({ at, exitCode: 0 });
  expect({ at, unlocked: node.isUnlocked() }).toEqual({ at, unlocked: true });
  expect({ at, files: node.files() }).toEqual({ at, files: [] });
}

test("an unlock that is killed at any step before approvers decide is gone on with, and from when it is kept its approval stands", () =>
  atEachStep(
    () => Promise.resolve(),
    8,
    async (node, at, rerun) => {
      const wasKept = node.isKept();
      expect({ at, ...(await node.keep(rerun)) }).toMatchObject({ at, exitCode: PENDING });
      const most = wasKept ? 1 : 2;
      expect({ at, isKept: node.requests().length <= most }).toEqual({ at, isKept: true });
      node.approve("ada");
      node.approve("ben");
      await opensByTheOneRequest(node, at);
    },
  ));

test("a wait that is killed at any step while people approve loses no approval", () =>
  atEachStep(
    async (node) => {
      await node.keep();
      node.approve("ada");
    },
    3,
    async (node, at, rerun) => {
      node.approve("ben");
      await opensByTheOneRequest(node, at, rerun);
      expect({ at, requests: node.requests().length }).toEqual({ at, requests: 1 });
    },
  ));

test("a wait that is killed at any step after the last approval ends unlocked by the same request", () =>
  atEachStep(
    async (node) => {
      await node.keep();
      node.approve("ada");
      node.approve("ben");
    },
    6,
    async (node, at, rerun) => {
      // Killed after the last write it had opened already, and has nothing to go on with.
      const isDone = node.isUnlocked() && !node.isKept();
      if (!isDone) await opensByTheOneRequest(node, at, rerun);
      expect({ at, requests: node.requests().length }).toEqual({ at, requests: 1 });
      expect({ at, unlocked: node.isUnlocked() }).toEqual({ at, unlocked: true });
    },
  ));
