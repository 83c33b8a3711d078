import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { folderFor } from "@databox-cmk/testkit";
import { beforeEach, expect, test } from "vitest";

import { takeAgentLock } from "./agent-lock.ts";

const folder = folderFor(beforeEach);
test("a second agent yields to a living one, and continues when that was killed", async () => {
  const module = new URL("agent-lock.ts", import.meta.url).href;
  const script = `import(${JSON.stringify(module)}).then(({ takeAgentLock }) => {
    takeAgentLock(${JSON.stringify(folder.path)}); process.stdout.write("held"); process.stdin.resume(); });`;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script]);
  await once(other.stdout, "data");
  expect(() => takeAgentLock(folder.path)).toThrow(expect.objectContaining({ code: "AgentBusy" }));
  expect(readdirSync(folder.path)).toHaveLength(1);
  other.kill("SIGKILL");
  await once(other, "exit");
  {
    using held = takeAgentLock(folder.path);
    expect(held).toBeDefined();
    expect(readdirSync(folder.path)).toHaveLength(1);
  }
  expect(readdirSync(folder.path)).toEqual([]);
});

test("a lock whose process id was given to another process is not respected", () => {
  writeFileSync(join(folder.path, `agent.lock.${String(process.ppid)}.1`), "");
  using held = takeAgentLock(folder.path);
  expect(held).toBeDefined();
});

test("a folder that is not there is named", () => {
  expect(() => takeAgentLock(join(folder.path, "missing"))).toThrow(
    expect.objectContaining({ code: "AgentStateUnwritable" }),
  );
});
