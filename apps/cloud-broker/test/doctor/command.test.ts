// @module-tag one-engine

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { VERSION } from "@databox-cmk/protocol";
import { COMPILED_ONCE } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const run = (...parameters: readonly string[]) =>
  spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...parameters], {
    env: COMPILED_ONCE,
    encoding: "utf8",
  });

test("the version needs no configuration", () => {
  expect(run("--version")).toMatchObject({
    status: 0,
    stdout: `databox-broker/${VERSION} (unknown revision)\n`,
  });
});

test("without a configuration the command names what is missing, reaches nothing else, and ends with 5", () => {
  const { status, stdout, stderr } = run("doctor");
  expect(stderr).toBe("");
  expect(status).toBe(5);
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^ ✗ configuration .*BROKER_DATA_DIR is missing.*\[Misuse\]$/);
  expect(
    lines.filter((line) => line.startsWith(" · ") && line.endsWith("not reached")),
  ).toHaveLength(18);
  expect(lines.at(-1)).toMatch(/^Next: Correct this, then run the doctor again: /);
});

test("a reader that leaves first, such as head, does not change how the command ends", async () => {
  const parameters = ["--disable-warning=ExperimentalWarning", MAIN, "doctor"];
  const child = spawn(process.execPath, parameters, { env: COMPILED_ONCE });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [status] = await once(child, "close");
  expect({ status, stderr }).toEqual({ status: 5, stderr: "" });
});

test("as JSON it is one object on one line", () => {
  const { status, stdout } = run("doctor", "--json");
  expect(status).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({
    event: "doctor",
    outcome: "failed",
    code: "Misuse",
    class: "invalid",
    checks: [
      { name: "configuration", status: "failed" },
      ...Array.from({ length: 18 }, () => ({})),
    ],
    nextStep: { who: "broker-operator" },
  });
});
