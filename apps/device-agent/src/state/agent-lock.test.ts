import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { takeAgentLock } from "./agent-lock.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agent-lock-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("a second agent yields to a living one, and continues when that was killed", async () => {
  const module = new URL("agent-lock.ts", import.meta.url).href;
  const script = `import(${JSON.stringify(module)}).then(({ takeAgentLock }) => {
    takeAgentLock(${JSON.stringify(folder)}); process.stdout.write("held"); process.stdin.resume(); });`;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script]);
  await once(other.stdout, "data");
  expect(() => takeAgentLock(folder)).toThrow(expect.objectContaining({ code: "AgentBusy" }));
  expect(readdirSync(folder)).toHaveLength(1);
  other.kill("SIGKILL");
  await once(other, "exit");
  {
    using held = takeAgentLock(folder);
    expect(held).toBeDefined();
    expect(readdirSync(folder)).toHaveLength(1);
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("a lock whose process id was given to another process is not respected", () => {
  writeFileSync(join(folder, `agent.lock.${String(process.ppid)}.1`), "");
  using held = takeAgentLock(folder);
  expect(held).toBeDefined();
});

test("a folder that is not there is named", () => {
  expect(() => takeAgentLock(join(folder, "missing"))).toThrow(
    expect.objectContaining({ code: "AgentStateUnwritable" }),
  );
});
