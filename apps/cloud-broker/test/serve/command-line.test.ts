// @module-tag one-engine

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { COMPILED_ONCE, openTemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, describe, expect, test } from "vitest";

import { createBrokerEnvironment } from "./broker-environment.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const folder = openTemporaryFolder();
const file = join(folder.path, "file");
writeFileSync(file, "x");
afterAll(() => {
  folder[Symbol.dispose]();
});

function run(words: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", MAIN, ...words],
    { env: { ...COMPILED_ONCE, ...variables }, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("a command that needs no settings tells its own fault, not that they are missing:", () => {
  const FAULTS: Readonly<Record<string, readonly [readonly string[], string]>> = {
    "a certificate that is not there": [
      ["certificate", "verify", "/nowhere", "--keys", "/nowhere"],
      "broker: /nowhere cannot be read (ENOENT) (Misuse)\n",
    ],
    "an export that is none": [
      ["audit", "verify", "--export", file],
      `broker: ${file} cannot be read as an exported activity (Misuse)\n`,
    ],
    "a folder of keys that is a file": [
      ["keys", "create", file],
      `broker: <folder>: ${file} cannot be used (it is not a folder); make it a folder that this user may write to (Misuse)\n`,
    ],
  };
  test.each(Object.entries(FAULTS))("%s", (_name, [words, stderr]) => {
    expect(run(words)).toEqual({ status: 2, stdout: "", stderr });
  });
});

test("a folder of keys that is not there is named when a secret is rotated", async () => {
  using environment = await createBrokerEnvironment();
  const keys = join(folder.path, "missing");
  const variables = { ...environment.variables, BROKER_KEYS_DIR: keys };
  expect(run(["keys", "rotate", "session"], variables)).toEqual({
    status: 2,
    stdout: "",
    stderr: `broker: BROKER_KEYS_DIR: ${keys} cannot be used (it does not exist); make it a folder that this user may write to (Misuse)\n`,
  });
  mkdirSync(keys, { mode: 0o700 });
  expect(run(["keys", "rotate", "session"], variables)).toEqual({
    status: 0,
    stdout: "session: replaced\n",
    stderr: "",
  });
});
