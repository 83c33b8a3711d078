import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { openJournal } from "../src/journal/open-journal.ts";
import { verifyJournal } from "../src/journal/verify-journal.ts";
import { mayMount, mountFullDisk } from "./full-disk.ts";

const nowIso = () => "2026-11-29T00:00:00.000Z";

describe.skipIf(!mayMount)("a disk that becomes full", () => {
  test("takes a row of the journal whole, or the row has failed", () => {
    const folder = mkdtempSync(join(tmpdir(), "databox-full-"));
    try {
      using disk = mountFullDisk(folder, 1);
      void disk;
      const path = join(folder, "journal.jsonl");
      const journal = openJournal(path, { bootId: "boot-number-1", nowIso });
      const heads: string[] = [];
      const fill = () => {
        for (;;) heads.push(journal.append("unlocked", { text: "x".repeat(200) }));
      };
      expect(fill).toThrow(expect.objectContaining({ code: "DiskFull" }));
      const check = verifyJournal(readFileSync(path, "utf8"), heads.at(-1));
      expect(check).toMatchObject({ kind: "intact", tornLines: 1 });
      expect(check.kind === "intact" && check.rows.map(({ hash }) => hash)).toEqual(heads);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
