import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { decodeBase64url, encodeBase64url } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, type Receipt } from "@databox-cmk/protocol";
import { createFakeBroker, type FakeBroker, folderFor } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { HAS_CRYPTSETUP } from "../agent-world.ts";
import { createOwner } from "../owner-key.ts";
import {
  buildAgent,
  COUNTED,
  eachStep,
  type KillPoint,
  rerunAfter,
  type Run,
  runAgent,
  runUntilStep,
} from "./agent-process.ts";

let agent: string;
let broker: FakeBroker;
const owner = createOwner();
const folder = folderFor(beforeAll);
let caFile: string;
let nodeCount = 0;

beforeAll(async () => {
  agent = await buildAgent(folder.path);
  broker = await createFakeBroker();
  broker.extensions = { recoveryKeys: [owner.jwk] };
  caFile = join(folder.path, "ca.pem");
  writeFileSync(caFile, broker.certificateAuthorityPem);
});

afterAll(async () => {
  await broker[Symbol.asyncDispose]();
});

type CrashNode = {
  readonly serial: string;
  prepare(kill?: KillPoint): Promise<Run>;
  run(command: string, kill?: KillPoint, input?: string): Promise<Run>;
  /** The daemon, until it is killed or has sent each report that waits. */
  report(kill?: KillPoint): Promise<Run>;
  /** The grants whose reports wait in the state. */
  readonly waiting: readonly string[];
};

async function createNode(
  volumeKind: "luks2" | "file",
  custody: "escrow" | "split" = "escrow",
): Promise<CrashNode> {
  nodeCount += 1;
  const serial = `CRASH-${String(nodeCount)}`;
  const { enrolmentCode } = await broker.addNode(serial, { custody });
  const stateDir = join(folder.path, serial);
  const global = ["--state-dir", stateDir];
  const waiting = (): readonly string[] => {
    const state: { readonly receipts?: readonly { readonly grantHash: string }[] } = JSON.parse(
      readFileSync(join(stateDir, "state.json"), "utf8"),
    );
    return (state.receipts ?? []).map(({ grantHash }) => grantHash);
  };
  const parameters = [
    ["--broker", broker.url],
    ["--order", broker.order],
    ["--serial", serial],
    ["--volume", join(folder.path, `${serial}.img`)],
    ["--volume-kind", volumeKind],
    ["--ca-file", caFile],
    ["--resolve-localhost"],
  ].flat();
  return {
    serial,
    prepare: (kill) => runAgent(agent, [...global, "prepare", ...parameters], enrolmentCode, kill),
    run: (command, kill, input = "") =>
      runAgent(agent, [...global, ...command.split(" ")], input, kill),
    report: (kill = COUNTED) =>
      runUntilStep(agent, [...global, "serve"], "", kill, () => waiting().length === 0),
    get waiting() {
      return waiting();
    },
  };
}

/**
 * All steps with the portable volume; with LUKS2, whose formatting takes time, those at which
 * cryptsetup starts or ends. A preparation in split custody takes the steps of one in escrow, and
 * those of its share.
 */
const KINDS = [
  {
    volumeKind: "file",
    prepared: "split",
    purposes: ["unlock", "ingest", "fill"],
    steps: "all",
    skip: false,
    fewest: { prepare: 27, unlock: 8 },
  },
  {
    volumeKind: "luks2",
    prepared: "escrow",
    purposes: ["unlock"],
    steps: "programs",
    skip: !HAS_CRYPTSETUP,
    fewest: { prepare: 6, unlock: 4 },
  },
] as const;

describe.each(KINDS)("a node with a $volumeKind volume", (kind) => {
  const { volumeKind, prepared, purposes, steps, skip, fewest } = kind;
  test.skipIf(skip)(
    "whose preparation was killed at any step is finished by the same command",
    async () => {
      const whole = await (await createNode(volumeKind, prepared)).prepare({ steps, at: 0 });
      expect(whole.steps).toBeGreaterThanOrEqual(fewest.prepare);
      await eachStep(whole, async (at, rerun) => {
        const node = await createNode(volumeKind, prepared);
        expect(await node.prepare({ steps, at })).toMatchObject({ signal: "SIGKILL" });
        expectSuccess(at, await node.prepare(rerun));
        expectSuccess(at, await node.run("unlock"));
        const isCopied = prepared === "escrow" || isDeepStrictEqual(shareOf(node), copiedBy(node));
        expect({ at, isCopied }).toEqual({ at, isCopied: true });
      });
    },
  );

  test.skipIf(skip).each(purposes)(
    // Evidence: A crash at any moment.
    "whose unlock (purpose: %s) was killed at any step unlocks, with the newer envelope, the next time",
    async (purpose) => {
      broker.stagePurpose = purpose;
      onTestFinished(() => {
        broker.stagePurpose = undefined;
      });
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
        const next = await node.run("unlock", rerunAfter(at, whole.steps));
        expectSuccess(at, next);
        const generation = broker.nodes.get(node.serial)?.generation;
        expect(JSON.parse(next.stdout)).toMatchObject({ generation });
      }
      expectSuccess(0, await node.run("journal"));
      expect(broker.unlockRequests.at(-1)).toMatchObject({ serial: node.serial, purpose });
    },
  );
});

const shareFile = ({ serial }: CrashNode): string =>
  join(folder.path, serial, `device-share-${broker.nodes.get(serial)?.env ?? ""}.json`);

function shareOf(node: CrashNode): Uint8Array {
  const { share }: { share: string } = JSON.parse(readFileSync(shareFile(node), "utf8"));
  return decodeBase64url(share, "share");
}

/** The copy of the share that the broker keeps for the owner, opened. */
function copiedBy({ serial }: CrashNode): Uint8Array {
  const isOfNode = (receipt: Receipt) =>
    receipt.outcome === "prepared" && receipt.serial === serial;
  return owner.open(broker.receipts.findLast(isOfNode)?.extensions?.["deviceShare"]);
}

/** @param given - a share that it was given, which is not its own */
async function createNodeWithoutShare(
  given?: Uint8Array,
): Promise<{ node: CrashNode; input: string }> {
  const node = await createNode("file", "split");
  await node.prepare();
  rmSync(shareFile(node));
  if (given !== undefined)
    expectSuccess(0, await node.run("recover", undefined, encodeBase64url(given)));
  return { node, input: encodeBase64url(copiedBy(node)) };
}

test.each([
  ["no share", undefined],
  ["another node's share", new Uint8Array(32).fill(7)],
])(
  "a node with %s whose recovery was killed at any step is recovered by the same command",
  async (_, given) => {
    const { node, input } = await createNodeWithoutShare(given);
    const whole = await node.run("recover", COUNTED, input);
    expect(whole.steps).toBeGreaterThanOrEqual(6);
    await eachStep(whole, async (at, rerun) => {
      const next = await createNodeWithoutShare(given);
      const killed = await next.node.run("recover", { steps: "all", at }, next.input);
      expect(killed).toMatchObject({ signal: "SIGKILL" });
      expectSuccess(at, await next.node.run("recover", rerun, next.input));
      expectSuccess(at, await next.node.run("unlock"));
      expectSuccess(at, await next.node.run("journal"));
    });
  },
);

test("the report that a node was filled is heard as the same one, although its delivery is killed at any step", async () => {
  const node = await createNode("file");
  await node.prepare();
  const heard: string[] = [];
  let isLost = false;
  broker.stagePurpose = "fill";
  broker.intercept = ({ path, request, answer }) => {
    if (path !== DEVICE_ROUTES.receipts) return answer;
    if (isLost) return (response) => response.destroy();
    const payload = Buffer.from(request.split(".")[1] ?? "", "base64url").toString();
    const { grantHash, outcome }: Receipt = JSON.parse(payload);
    heard.push(`${outcome} ${grantHash}`);
    return answer;
  };
  onTestFinished(() => {
    broker.stagePurpose = undefined;
    broker.intercept = undefined;
  });
  let at = 0;
  for (let isKilled = true; isKilled;) {
    at += 1;
    isLost = true;
    expectSuccess(at, await node.run("unlock"));
    isLost = false;
    expect(broker.unlockRequests.at(-1)).toMatchObject({ serial: node.serial, purpose: "fill" });
    const [grant, ...others] = node.waiting;
    expect({ at, others }).toEqual({ at, others: [] });
    heard.length = 0;
    const run = await node.report({ steps: "all", at });
    isKilled = run.signal === "SIGKILL";
    if (!isKilled) expectSuccess(at, run);
    // It is sent again if it still waits: the kill came before it was heard or noted.
    const isSentAgain = isKilled && node.waiting.length > 0;
    const before = heard.length;
    if (isSentAgain) expectSuccess(at, await node.report());
    const after = heard.length - before;
    expect(isSentAgain ? ["0, 1", "1, 1"] : ["1, 0"]).toContain(
      `${String(before)}, ${String(after)}`,
    );
    const reports = [...new Set(heard)];
    const expected = { at, reports: [`unlocked ${String(grant)}`], waiting: [] };
    expect({ at, reports, waiting: node.waiting }).toEqual(expected);
  }
  expect(at).toBeGreaterThan(8);
  expectSuccess(at, await node.run("journal"));
});

const challenged = async (node: CrashNode, rerun?: KillPoint): Promise<string> => {
  const run = await node.run("challenge", rerun);
  expectSuccess(0, run);
  const event: { readonly carried: { readonly text: string } } = JSON.parse(run.stdout);
  return event.carried.text;
};

describe("a node without network", () => {
  test.each([
    { command: "challenge", before: [], fewest: 6 },
    { command: "challenge --new", before: ["challenge"], fewest: 8 },
  ])(
    "whose $command was killed at any step makes one that is answered, and keeps no other key",
    async ({ command, before, fewest }) => {
      const prepared = async () => {
        const node = await createNode("file");
        await node.prepare();
        for (const each of before) expectSuccess(0, await node.run(each));
        return node;
      };
      const whole = await (await prepared()).run(command, COUNTED);
      expect(whole.steps).toBeGreaterThanOrEqual(fewest);
      await eachStep(whole, async (at, rerun) => {
        const node = await prepared();
        expect(await node.run(command, { steps: "all", at })).toMatchObject({ signal: "SIGKILL" });
        const answer = await broker.answerChallenge(await challenged(node, rerun));
        const files = readdirSync(join(folder.path, node.serial));
        expect(files.filter((name) => name.startsWith("offline-"))).toEqual([
          "offline-challenge.json",
        ]);
        expectSuccess(at, await node.run("respond", undefined, answer));
        expectSuccess(at, await node.run("journal"));
      });
    },
  );

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
      const whole = await first.run("respond", COUNTED, answer);
      expect(whole.steps).toBeGreaterThanOrEqual(6);
      await eachStep(whole, async (at, rerun) => {
        const node = await createNode("file");
        await node.prepare();
        const carried = await broker.answerChallenge(await challenged(node), lease);
        expect(await node.run("respond", { steps: "all", at }, carried)).toMatchObject({
          signal: "SIGKILL",
        });
        const again = await node.run("respond", rerun, carried);
        const event: { readonly outcome: string; readonly reason?: string } = JSON.parse(
          again.stdout,
        );
        // Killed after the last write, it had opened already.
        expect(event.outcome === "unlocked" || event.reason === "none").toBe(true);
        expect(JSON.parse((await node.run("status")).stdout)).toMatchObject({
          outcome: "unlocked",
        });
        const third = await node.run("respond", undefined, carried);
        expect(JSON.parse(third.stdout)).toMatchObject({ code: "OfflineChallengeMissing" });
        expectSuccess(at, await node.run("journal"));
      });
    },
  );
});

function expectSuccess(step: number, { exitCode, stdout }: Run): void {
  expect({ step, exitCode, stdout }).toEqual({ step, exitCode: 0, stdout: expect.any(String) });
}
