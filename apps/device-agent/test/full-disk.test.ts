import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "@databox-cmk/errors";
import type { Denial } from "@databox-cmk/protocol";
import { mayMount, mountDisk, openTemporaryFolder } from "@databox-cmk/testkit";
import { describe, expect, test } from "vitest";

import { openJournal } from "../src/journal/open-journal.ts";
import { verifyJournal } from "../src/journal/verify-journal.ts";
import { holdNode } from "../src/node/hold-node.ts";
import { withJournal } from "../src/node/journaled-node.ts";
import { recordDenial } from "../src/node/record-unlock.ts";
import { openVolume } from "../src/volume/choose-volume.ts";
import { createPreparedWorld, seen, SERIAL } from "./agent-world.ts";
import { mountFullDisk } from "./full-disk.ts";

const nowIso = () => "2026-11-29T00:00:00.000Z";

describe.skipIf(!mayMount())("a disk that becomes full", () => {
  test("takes a row of the journal whole, or the row has failed", () => {
    using folder = openTemporaryFolder();
    using disk = mountFullDisk(folder.path, 1);
    void disk;
    const path = join(folder.path, "journal.jsonl");
    const journal = openJournal(path, { bootId: "boot-number-1", nowIso });
    const heads: string[] = [];
    const fill = () => {
      for (;;) heads.push(journal.append("unlocked", { text: "x".repeat(200) }));
    };
    expect(fill).toThrow(expect.objectContaining({ code: "DiskFull" }));
    const check = verifyJournal(readFileSync(path, "utf8"), heads.at(-1));
    expect(check).toMatchObject({ kind: "intact", tornLines: 1 });
    expect(check.kind === "intact" && check.rows.map(({ hash }) => hash)).toEqual(heads);
  });

  test("is found by doctor, and a lock on it says that the volume is closed", async () => {
    await using world = await createPreparedWorld();
    expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
    const files = readdirSync(world.stateDir).filter((name) => !name.includes(".lock."));
    const contents = files.map((name) => [name, readFileSync(join(world.stateDir, name))] as const);
    using disk = mountDisk(world.stateDir, 64 * 4096);
    void disk;
    for (const [name, content] of contents)
      writeFileSync(join(world.stateDir, name), content, { mode: 0o600 });
    expect(await world.run({ command: "doctor" })).toMatchObject({ outcome: "healthy" });
    const fill = () => {
      for (let page = 0; ; page += 1)
        writeFileSync(join(world.stateDir, `filling-${String(page)}`), Buffer.alloc(4096));
    };
    expect(fill).toThrow("ENOSPC");
    expect(seen(await world.run({ command: "doctor" }))).toMatchObject({
      exit: 5,
      code: "DiskFull",
    });
    expect(await world.lock()).toMatchObject({
      code: "DiskFull",
      detail: expect.stringContaining("the volume is closed"),
    });
  });
});

const DENIAL: Denial = {
  requestHash: "A".repeat(43),
  code: "UnlockRevoked",
  class: "refused",
  who: "security-administrator",
  title: "",
  message: "",
  ask: "",
  steps: [],
  correlationId: "11111111-1111-4111-8111-111111111111",
};
const takeNothing = () => {
  throw new AppError("DiskFull");
};

test("a full disk does not keep a volume open that a signed refusal closes", async () => {
  await using world = await createPreparedWorld();
  expect(await world.unlock()).toMatchObject({ outcome: "unlocked" });
  using held = await holdNode(world.dependencies);
  const journaled = withJournal(held, world.dependencies);
  const node = { ...journaled, record: takeNothing, journal: { append: takeNothing } };
  let closed = 0;
  const close = async () => {
    closed += 1;
  };
  const volume = { ...openVolume(held.settings.volume, SERIAL, []), close };
  await expect(
    recordDenial({ node, volume, dependencies: world.dependencies }, DENIAL, { event: "unlock" }),
  ).rejects.toMatchObject({ code: "DiskFull" });
  expect(closed).toBe(1);
});
