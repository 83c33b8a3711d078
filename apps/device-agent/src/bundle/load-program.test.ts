import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { folderFor } from "@databox-cmk/testkit";
import { beforeEach, expect, test } from "vitest";

import { loadProgram } from "./load-program.ts";

const folder = folderFor(beforeEach);
let cacheFile: string;

beforeEach(() => {
  cacheFile = join(folder.path, "cache", "unlock.bin");
});
/** Programs of the same length, since V8 compares only that. */
function runProgram(answer: number, cacheFolder = join(folder.path, "cache")): number {
  const file = join(folder.path, "program.cjs");
  const code = `(function () { return { answer: function () { return ${String(answer)}; } }; })`;
  writeFileSync(file, `// program ${String(answer)}\n${code}`);
  const { exports, keepCompiled } = loadProgram(file, cacheFolder, "unlock");
  const { answer: given } = exports as { answer: () => number };
  const result = given();
  keepCompiled();
  return result;
}

test("the compiled form is kept once, and stays while the program does", () => {
  expect(runProgram(1)).toBe(1);
  const { ino, mode } = statSync(cacheFile);
  expect(mode & 0o777).toBe(0o600);
  expect(runProgram(1)).toBe(1);
  expect(statSync(cacheFile).ino).toBe(ino);
});

test("the compiled form of another program of the same length is not run", () => {
  expect(runProgram(1)).toBe(1);
  expect(runProgram(2)).toBe(2);
  expect(runProgram(2)).toBe(2);
});

test.each([
  ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.byteLength / 2)],
  ["shorter than a hash", (bytes: Buffer) => bytes.subarray(0, 7)],
  ["empty", () => Buffer.alloc(0)],
  ["changed", (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 100 ? ~byte : byte)))],
])("a file that was %s is not run, but written again", (_, damage) => {
  runProgram(1);
  const whole = readFileSync(cacheFile);
  writeFileSync(cacheFile, damage(whole));
  expect(runProgram(1)).toBe(1);
  expect(readFileSync(cacheFile).byteLength).toBe(whole.byteLength);
});

test("a file that others may write is not run", () => {
  runProgram(1);
  chmodSync(cacheFile, 0o666);
  runProgram(1);
  expect(statSync(cacheFile).mode & 0o777).toBe(0o600);
});

test("what could not be kept takes no space of the disk", () => {
  mkdirSync(cacheFile, { recursive: true }); // No file can take its place.
  expect(runProgram(1)).toBe(1);
  expect(readdirSync(join(folder.path, "cache"))).toEqual(["unlock.bin"]);
});

test("without a folder for its cache, the program still runs", () => {
  expect(runProgram(1, join(folder.path, "missing", "cache"))).toBe(1);
  expect(existsSync(join(folder.path, "missing"))).toBe(false);
  mkdirSync(join(folder.path, "cache"));
  writeFileSync(join(folder.path, "file"), "");
  expect(runProgram(1, join(folder.path, "file"))).toBe(1);
});
