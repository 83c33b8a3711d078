import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const UGLY = "export const   answer=42\n";
const FORMATTED = "export const answer = 42;\n";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "databox-staged-"));
  git("init", "--quiet");
  cpSync(join(ROOT, ".oxfmtrc.json"), join(folder, ".oxfmtrc.json"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  symlinkSync(join(ROOT, "tools"), join(folder, "tools"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a staged file is formatted, and so is its copy in the working tree", () => {
  write(UGLY);
  git("add", "some.ts");
  expect(checkStaged().status).toBe(0);
  expect([git("show", ":some.ts"), read()]).toEqual([FORMATTED, FORMATTED]);
});

test("of a partly staged file the staged part is formatted, and the rest stays as it is", () => {
  write(UGLY);
  git("add", "some.ts");
  write(`${UGLY}export const   later=43\n`);
  expect(checkStaged().status).toBe(0);
  expect(git("show", ":some.ts")).toBe(FORMATTED);
  expect(read()).toBe(`${UGLY}export const   later=43\n`);
});

test("a file that is not staged is left alone", () => {
  write(UGLY);
  expect(checkStaged().status).toBe(0);
  expect(read()).toBe(UGLY);
});

test("a linter error stops the commit", () => {
  write("debugger;\n");
  git("add", "some.ts");
  const { status, stdout } = checkStaged();
  expect(status).toBe(1);
  expect(stdout).toContain("debugger");
});

test("before anything is installed, the commit continues with a note", () => {
  rmSync(join(folder, "node_modules"));
  write(UGLY);
  git("add", "some.ts");
  const { status, stderr } = checkStaged();
  expect(status).toBe(0);
  expect(stderr).toContain("node tools/setup.mjs");
});

test.each([
  ["a".repeat(72), 0],
  ["ä".repeat(72), 0],
  ["a".repeat(73), 1],
  [`fixup! ${"a".repeat(73)}`, 0],
])("a commit with the subject %s ends with %i", (subject, expected) => {
  writeFileSync(join(folder, "message"), `${subject}\n\n${"a".repeat(100)}\n`);
  const { status } = spawnSync("sh", [join(ROOT, ".githooks/commit-msg"), "message"], {
    cwd: folder,
    env: { ...ownEnvironment(), LC_ALL: "C.UTF-8" },
  });
  expect(status).toBe(expected);
});

function checkStaged() {
  return spawnSync("sh", [join(ROOT, ".githooks/pre-commit")], {
    cwd: folder,
    env: ownEnvironment(),
    encoding: "utf8",
  });
}

function git(...parameters: string[]): string {
  return execFileSync("git", parameters, { cwd: folder, env: ownEnvironment(), encoding: "utf8" });
}

/** Without the variables that git sets for a hook: this test may itself run in one. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")),
  );
}

function write(text: string): void {
  writeFileSync(join(folder, "some.ts"), text);
}

function read(): string {
  return readFileSync(join(folder, "some.ts"), "utf8");
}
