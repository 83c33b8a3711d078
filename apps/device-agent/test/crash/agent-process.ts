import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { Readable, type Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { builtinsWithoutImport } from "@databox-cmk/errors/bundle";
import { rolldown } from "rolldown";

import { PROGRAM } from "../../rolldown.config.ts";
import { parseCommandLine } from "../../src/command-line/parse-command-line.ts";
import { exitCodeOf } from "../../src/core/exit-codes.ts";
import { NODE_FLAGS } from "../../src/core/node-flags.ts";
import { runCommand } from "../../src/run-command.ts";
import { commandDependencies } from "../command-dependencies.ts";

const ENTRY = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const KILLER = new URL("kill-at-step.mjs", import.meta.url);

/**
 * The agent as it ships, but in one file of this folder, whose compiled code all nodes share. It
 * starts four times faster than from source.
 */
export async function buildAgent(folder: string): Promise<string> {
  const file = join(folder, "agent.mjs");
  const bundle = await rolldown({
    ...PROGRAM,
    input: ENTRY,
    plugins: [builtinsWithoutImport],
  });
  await bundle.write({ file, format: "esm", codeSplitting: false, minify: true });
  await bundle.close();
  return file;
}

export type Run = {
  /** `undefined` when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  /** How many steps it took; `undefined` when it was killed or they were not counted. */
  readonly steps: number | undefined;
};

export type KillPoint = {
  readonly steps: "all" | "programs";
  /** 0: never. */ readonly at: number;
};

/** A run that ends by itself, in a process of its own, and whose steps are counted. */
export const COUNTED: KillPoint = { steps: "all", at: 0 };

const WATCH_MS = 20;
const LIMIT_MS = 300_000;

/**
 * The run that follows a kill is a process of the bundle after the first, the middle and the last
 * point of a walk, which shows that it ends by itself and that what ships recovers. After the other
 * points it runs in the test's process.
 */
export function rerunAfter(at: number, steps = 0): KillPoint | undefined {
  return [1, Math.ceil(steps / 2), steps].includes(at) ? COUNTED : undefined;
}

/** Walks the steps of a run; `check` kills the command at each, two nodes at a time. */
export async function eachStep(
  { steps = 0 }: Run,
  check: (at: number, rerun: KillPoint | undefined) => Promise<void>,
): Promise<void> {
  const half = async (first: number) => {
    for (let at = first; at <= steps; at += 2) await check(at, rerunAfter(at, steps));
  };
  await Promise.all([half(1), half(2)]);
}

/**
 * Runs a command to its end in this process, without the start of another, which takes most of the
 * time. The agent keeps nothing in memory from one command to the next, so this shows what the
 * command makes of the disk and the broker that a kill left; not that its process would end.
 */
async function runHere(words: readonly string[], input: string): Promise<Run> {
  const line = parseCommandLine(words);
  if (line.kind !== "run") throw new TypeError(`no command: ${words.join(" ")}`);
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    limit.reject(new Error(`${line.command.command} did not end in ${String(LIMIT_MS)} ms`));
  }, LIMIT_MS);
  const dependencies = commandDependencies({
    stateDir: line.stateDir,
    totalTimeoutMs: LIMIT_MS,
    pause: (milliseconds, stop) =>
      sleep(milliseconds, undefined, { signal: stop }).catch(() => undefined),
    readStandardInput: () => Promise.resolve(input),
    readSecret: () => Promise.resolve(new TextEncoder().encode(input)),
  });
  const ended = runCommand(line.command, dependencies);
  const event = await Promise.race([ended, limit.promise]).finally(() => {
    clearTimeout(timer);
  });
  const stdout = JSON.stringify(event);
  return { exitCode: exitCodeOf(event), signal: undefined, stdout, steps: undefined };
}

/** @param kill - if given, even as "never", the command runs in a process of its own */
export function runAgent(
  agent: string,
  words: readonly string[],
  input: string,
  kill: KillPoint | undefined,
): Promise<Run> {
  return kill === undefined ? runHere(words, input) : runUntilStep(agent, words, input, kill);
}

/** @param isDone - for a command that does not end by itself: ends it by SIGTERM when it is true */
export async function runUntilStep(
  agent: string,
  parameters: readonly string[],
  input: string,
  kill: KillPoint,
  isDone?: () => boolean,
): Promise<Run> {
  const killer = new URL(KILLER);
  killer.search = new URLSearchParams({ steps: kill.steps, at: String(kill.at) }).toString();
  const flags = [...NODE_FLAGS, "--import", killer.href];
  const child = spawn(process.execPath, [...flags, agent, "--json", ...parameters], {
    stdio: ["pipe", "pipe", "inherit", "pipe"],
    // Compiled by the first run that ends by itself, for the hundreds that follow.
    env: { NODE_COMPILE_CACHE: join(dirname(agent), "compiled") },
    // Of a step that never comes; the tests expect another signal.
    timeout: LIMIT_MS,
    killSignal: "SIGABRT",
  });
  const watch = setInterval(() => {
    if (isDone?.() !== true) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, WATCH_MS);
  child.stdin?.on("error", () => undefined); // killed before it read
  child.stdin?.end(input);
  const [stdout, steps] = [readAll(child.stdio[1]), readAll(child.stdio[3])];
  const [exitCode, signal]: (string | number | null)[] = await once(child, "close").finally(() => {
    clearInterval(watch);
  });
  const count = await steps;
  return {
    exitCode: typeof exitCode === "number" ? exitCode : undefined,
    signal: typeof signal === "string" ? signal : undefined,
    stdout: await stdout,
    steps: count === "" ? undefined : Number(count),
  };
}

async function readAll(stream: Readable | Writable | null | undefined): Promise<string> {
  let text = "";
  if (stream instanceof Readable) for await (const chunk of stream) text += String(chunk);
  return text;
}
