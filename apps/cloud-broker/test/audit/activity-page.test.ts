// @module-tag one-engine
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { AUDIT_ACTIONS } from "@databox-cmk/protocol";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../../..");
const VECTOR = join(ROOT, "vectors/activity.jsonl");
const page = readFileSync(join(ROOT, "docs/reference/activity.md"), "utf8");

type Line = { row: { action: string; outcome: string; detail?: object } };
const lines = readFileSync(VECTOR, "utf8")
  .trim()
  .split("\n")
  .map((line): Line => JSON.parse(line));
/** The row of the page's tables about an action. */
const rowOf = (action: string) =>
  page
    .slice(page.indexOf("## Actions"))
    .split("\n")
    .find((line) => line.startsWith("|") && line.split("|")[1]?.includes(`\`${action}\``));

test.each(AUDIT_ACTIONS)("docs/reference/activity.md explains the action %s", (action) => {
  const cells = rowOf(action)?.split("|") ?? [];
  expect(cells).toHaveLength(6);
  for (const { row } of lines.filter((line) => line.row.action === action)) {
    expect(cells[2]).toContain(row.outcome);
    // The facts of a failure are those of its code.
    if (row.outcome === "refused") continue;
    for (const member of Object.keys(row.detail ?? {})) expect(cells[4]).toContain(`\`${member}\``);
  }
});

test("its example verifies a real log by hand", () => {
  using folder = openTemporaryFolder();
  copyFileSync(VECTOR, join(folder.path, "activity.jsonl"));
  const [, script = ""] = /```sh\n(.*?)```/s.exec(page) ?? [];
  const output = execFileSync("sh", ["-euc", script], {
    cwd: folder.path,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = output.trim().split("\n");
  expect(said).toHaveLength(9);
  expect(said.at(-1)).toBe("Verified OK");
  for (let pair = 0; pair < 8; pair += 2) expect(said[pair]).toBe(said[pair + 1]);
});
