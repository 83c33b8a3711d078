import { spawn } from "node:child_process";
import { cpSync, lstatSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Writable } from "node:stream";

import { COMPILED_ONCE } from "@databox-cmk/testkit";

import { AGENT_BUNDLE, agentCommand } from "../../src/index.ts";

const KILLER = new URL("kill-at-step.mjs", import.meta.url);
/** V8's compiled form of each command (src/bundle), for the hundreds of nodes of these tests. */
const COMPILED = join(COMPILED_ONCE.NODE_COMPILE_CACHE, "agent");

export type KilledRun = {
  /** `undefined` when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  /** How many steps it took; `undefined` when it was killed. */
  readonly steps: number | undefined;
};

export type KillPoint = {
  readonly steps: "all" | "programs";
  /** 0: never. */ readonly at: number;
};

/** The agent as it ships, at a node whose state is in this folder. */
export async function runUntilStep(
  state: string,
  parameters: readonly string[],
  input: string,
  kill: KillPoint,
): Promise<KilledRun> {
  shareCompiled(state);
  const killer = new URL(KILLER);
  killer.search = new URLSearchParams({ steps: kill.steps, at: String(kill.at) }).toString();
  const [program, ...agent] = agentCommand(AGENT_BUNDLE);
  const command = [...agent, "--json", "--state-dir", state, ...parameters];
  const child = spawn(program, ["--import", killer.href, ...command], {
    stdio: ["pipe", "pipe", "inherit", "pipe"],
    env: {},
  });
  child.stdin?.on("error", () => undefined); // killed before it read
  child.stdin?.end(input);
  const [stdout, steps] = [readAll(child.stdio[1]), readAll(child.stdio[3])];
  const ended = await new Promise<{ exitCode: number | null; signal: string | null }>(
    (resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode, signal) => {
        resolve({ exitCode, signal });
      });
    },
  );
  const count = await steps;
  keepCompiled(state);
  return {
    exitCode: ended.exitCode ?? undefined,
    signal: ended.signal ?? undefined,
    stdout: await stdout,
    steps: count === "" ? undefined : Number(count),
  };
}

/** Nearly every run is the first one of its command at a node, and would compile it again. */
function shareCompiled(state: string): void {
  const own = join(state, "compile-cache");
  if (lstatSync(own, { throwIfNoEntry: false }) !== undefined) return;
  for (const folder of [COMPILED, state]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  symlinkSync(COMPILED, own);
}

/** An erasure removes the link, and leaves what it has compiled itself. */
function keepCompiled(state: string): void {
  const own = join(state, "compile-cache");
  if (lstatSync(own, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  cpSync(own, COMPILED, { recursive: true });
  rmSync(own, { recursive: true });
}

async function readAll(stream: Readable | Writable | null | undefined): Promise<string> {
  let text = "";
  if (stream instanceof Readable) for await (const chunk of stream) text += String(chunk);
  return text;
}
