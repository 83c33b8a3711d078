import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { createFakeBroker, type FakeBroker, folderFor } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { HAS_CRYPTSETUP } from "../agent-world.ts";
import { buildAgent, eachStep, type KillPoint, runAgent } from "./agent-process.ts";

let agent: string;
let broker: FakeBroker;
const folder = folderFor(beforeAll);
let nodeCount = 0;
beforeAll(async () => {
  agent = await buildAgent(folder.path);
  broker = await createFakeBroker();
  writeFileSync(join(folder.path, "ca.pem"), broker.certificateAuthorityPem);
});
afterAll(async () => {
  await broker[Symbol.asyncDispose]();
});

/** A node that can be set back to where it was before its erasure. */
async function createNode(volumeKind: "luks2" | "file") {
  nodeCount += 1;
  const serial = `ERASE-${String(nodeCount)}`;
  const node = await broker.addNode(serial, { custody: "split" });
  const home = join(folder.path, serial);
  const [state, disk] = [join(home, "state"), join(home, "disk.img")];
  const run = (command: readonly string[], kill?: KillPoint, input = "") =>
    runAgent(agent, ["--state-dir", state, ...command], input, kill);
  const where = ["--broker", broker.url, "--ca-file", join(folder.path, "ca.pem")];
  const names = ["--order", broker.order, "--serial", serial, "--resolve-localhost"];
  const place = ["--volume", disk, "--volume-kind", volumeKind, "--size-mib", "32"];
  cpSync(join(folder.path, "ca.pem"), join(home, "ca.pem"), { recursive: true });
  const prepared = await run(
    ["prepare", ...where, ...names, ...place],
    undefined,
    node.enrolmentCode,
  );
  expect(prepared).toMatchObject({ exitCode: 0 });
  cpSync(home, `${home}.prepared`, { recursive: true });
  const { counter, journal } = node;
  const known = journal.length;
  return {
    erase: (kill?: KillPoint) => run(["erase", "--serial", serial], kill),
    setBack() {
      rmSync(home, { recursive: true });
      cpSync(`${home}.prepared`, home, { recursive: true });
      node.counter = counter;
      node.certificate = undefined;
      journal.splice(known);
    },
    step: () => {
      const mark = join(state, "erasure.json");
      return existsSync(mark) ? String(JSON.parse(readFileSync(mark, "utf8")).step) : "none";
    },
    isBlank: () => isBlank(disk),
    isCertified: () => node.certificate !== undefined,
    files: () =>
      readdirSync(state)
        .filter((name) => !name.includes(".lock."))
        .toSorted(),
  };
}
type Node = Awaited<ReturnType<typeof createNode>>;

const PIECE = Buffer.alloc(1024 * 1024);
const BLANK = Buffer.alloc(PIECE.byteLength);

function isBlank(path: string): boolean {
  const disk = openSync(path, "r");
  try {
    for (;;) {
      const length = readSync(disk, PIECE);
      if (length === 0) return true;
      if (PIECE.compare(BLANK, 0, length, 0, length) !== 0) return false;
    }
  } finally {
    closeSync(disk);
  }
}

/** Each step of the mark claims something about medium, broker and files. */
function expectTruth(node: Node, at: number): void {
  const step = node.step();
  const facts = { isBlank: node.isBlank(), isCertified: node.isCertified(), files: node.files() };
  expect(Object.keys(CLAIMS)).toContain(step);
  const { [step]: claim } = CLAIMS;
  expect({ at, step, ...facts }).toMatchObject({ at, step, ...claim });
}
const ERASED = ["erasure.json", "journal.jsonl"];
const CLAIMS: Readonly<Record<string, object>> = {
  none: { isBlank: false, isCertified: false },
  begun: { isCertified: false },
  overwritten: { isCertified: false },
  sanitised: { isBlank: true },
  certified: { isBlank: true, isCertified: true },
  erased: { isBlank: true, isCertified: true, files: ERASED },
};

const KINDS = [
  { volumeKind: "file", steps: "all", skip: false, fewest: 40 },
  { volumeKind: "luks2", steps: "programs", skip: !HAS_CRYPTSETUP, fewest: 6 },
] as const;

describe.each(KINDS)("a node with a $volumeKind volume", ({ volumeKind, steps, skip, fewest }) => {
  test.skipIf(skip)(
    "whose erasure was killed at any step is never called erased too early, and the same command finishes it",
    async () => {
      const [even, odd] = [await createNode(volumeKind), await createNode(volumeKind)];
      const whole = await even.erase({ steps, at: 0 });
      expect(whole).toMatchObject({ exitCode: 0 });
      expect(whole.steps).toBeGreaterThanOrEqual(fewest);
      await eachStep(whole, async (at, rerun) => {
        const node = at % 2 === 0 ? even : odd;
        node.setBack();
        const killed = await node.erase({ steps, at });
        expect({ at, ...killed }).toMatchObject({ at, signal: "SIGKILL" });
        expectTruth(node, at);
        expect({ at, ...(await node.erase(rerun)) }).toMatchObject({ at, exitCode: 0 });
        expect({ at, step: node.step(), files: node.files(), isBlank: node.isBlank() }).toEqual({
          at,
          step: "erased",
          files: ERASED,
          isBlank: true,
        });
      });
    },
  );
});
