import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { folderFor } from "@databox-cmk/testkit";
import { beforeEach, expect, test } from "vitest";

import { readBootId } from "./boot.ts";
import { readPrivateFile } from "./private-file.ts";
import { toStateError } from "./state-error.ts";
import { writeDurably } from "./write-durably.ts";

const folder = folderFor(beforeEach);
let path: string;

beforeEach(() => {
  path = join(folder.path, "file");
});
test("written data is read back, and nothing else remains", () => {
  writeDurably(path, "one");
  writeDurably(path, "two");
  expect(readPrivateFile(path)).toBe("two");
  expect(readdirSync(folder.path)).toEqual(["file"]);
});

test("the remains of a killed write do not disturb the next", () => {
  writeFileSync(`${path}.new`, "half");
  writeDurably(path, "whole");
  expect(readFileSync(path, "utf8")).toBe("whole");
});

test("a missing file is not an error", () => {
  expect(readPrivateFile(path)).toBeUndefined();
});

test.each([0o640, 0o604, 0o620, 0o666])("a file of mode %o is not read", (mode) => {
  writeFileSync(path, "secret");
  chmodSync(path, mode);
  expect(() => readPrivateFile(path)).toThrow(
    expect.objectContaining({ code: "AgentStateUnreadable" }),
  );
});

test("a folder in a file's place is named", () => {
  mkdirSync(path, { mode: 0o700 });
  expect(() => readPrivateFile(path)).toThrow(
    expect.objectContaining({ code: "AgentStateUnreadable", detail: `${path}: is not a file` }),
  );
});

test("a symbolic link is not followed", () => {
  writeFileSync(path, "secret", { mode: 0o600 });
  symlinkSync(path, join(folder.path, "link"));
  expect(() => readPrivateFile(join(folder.path, "link"))).toThrow(
    expect.objectContaining({ code: "AgentStateUnreadable" }),
  );
});

test("a file larger than any of ours is not read", () => {
  writeFileSync(path, "x".repeat(65 * 1024), { mode: 0o600 });
  expect(() => readPrivateFile(path)).toThrow(
    expect.objectContaining({ detail: expect.stringContaining("larger") }),
  );
});

test.each([
  ["ENOSPC", "DiskFull", "no space"],
  ["EDQUOT", "DiskFull", "quota"],
  ["EROFS", "AgentStateUnwritable", "read-only"],
  ["EACCES", "AgentStateUnwritable", "may not write"],
  ["EPERM", "AgentStateUnwritable", "may not write"],
  ["ENOTDIR", "AgentStateUnwritable", "does not exist"],
  ["EIO", "AgentStateUnwritable", "EIO"],
])("%s is %s: %s", (systemCode, code, detail) => {
  const error = toStateError(Object.assign(new Error("x"), { code: systemCode }), "/s/state.json");
  expect(error).toMatchObject({ code, detail: expect.stringContaining(detail) });
  expect(error.detail).toContain("/s/state.json");
});

test("a boot id of another form is not believed", () => {
  writeFileSync(path, "boot id with spaces\n");
  expect(() => readBootId(path)).toThrow(expect.objectContaining({ code: "AgentStateUnreadable" }));
  writeFileSync(path, "3f0c3a52-5d0b-4a53-8d0e-6b6f0b7c1e11\n");
  expect(readBootId(path)).toBe("3f0c3a52-5d0b-4a53-8d0e-6b6f0b7c1e11");
});
