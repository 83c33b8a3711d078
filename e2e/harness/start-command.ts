import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { COMPILED_ONCE } from "@databox-cmk/testkit";

import { withUserRights } from "./with-user-rights.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = join(ROOT, "apps/local-stack/src/main.ts");
/** Without prestart: what is being tested is set up. */
const NPM_START = ["npm", "-s", "start", "--ignore-scripts", "--"] as const;
/** Stops a command that hangs; not a bound of the product. */
const DEADLINE_MS = 600_000;
export const FREE_PORTS = ["emulator", "broker", "imds", "dns"].flatMap((name) => [
  `--${name}-port`,
  "0",
]);

export type StackLine = { readonly event: string; readonly [member: string]: unknown };

/**
 * A command in a process group of its own, so that nothing of it can be left behind unseen.
 */
export type StartCommand = {
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of `--json` so far. */
  readonly lines: readonly StackLine[];
  /** Resolves when such a line is printed; rejects when the process ends before. */
  line(matches: (line: StackLine) => boolean): Promise<StackLine>;
  /**
   * Resolves with all of standard output once it holds the text; rejects when the process ends
   * before.
   */
  text(part: string): Promise<string>;
  /** To the command only, as a service manager does it. */
  signal(signal: NodeJS.Signals): void;
  /** To every process of the group, as a terminal's Ctrl-C does it. */
  interrupt(): void;
  readonly ended: Promise<number>;
  /** Whether any process of the group lives. */
  isAlive(): boolean;
  [Symbol.asyncDispose](): Promise<void>;
};

/** `npm start`, by default without npm. */
export function runStart(
  parameters: readonly string[],
  options: {
    readonly through?: "npm";
    /** Whether the file system checks its rights, also those of root. */
    readonly hasUserRights?: true;
  } = {},
): StartCommand {
  const { through, hasUserRights } = options;
  const start = through === "npm" ? NPM_START : ([process.execPath, MAIN] as const);
  const [program, ...first] = hasUserRights === true ? withUserRights(start) : start;
  return runInGroup(program, [...first, ...parameters], {
    cwd: ROOT,
    env: { ...process.env, ...COMPILED_ONCE },
  });
}

export function runInGroup(
  program: string,
  parameters: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): StartCommand {
  const child = spawn(program, parameters, {
    cwd: options.cwd,
    detached: true,
    env: options.env,
    timeout: DEADLINE_MS,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const group = child.pid;
  if (group === undefined) throw new Error("the command did not start");
  const killAll = () => send(-group, "SIGKILL");
  // This also covers a test runner that ends before the test does.
  process.once("exit", killAll);
  const output = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  const ended = once(child, "close").then(([code]) => (typeof code === "number" ? code : -1));
  const lines = () => parseLines(output.stdout);
  const until = <Value>(look: () => Value | undefined): Promise<Value> => {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    const tryOnce = () => {
      const found = look();
      if (found !== undefined) resolve(found);
    };
    waiting.add(tryOnce);
    tryOnce();
    child.once("close", (code) => {
      reject(new Error(`ended with ${String(code)} before: ${output.stdout} ${output.stderr}`));
    });
    return promise.finally(() => waiting.delete(tryOnce));
  };
  const isAlive = () => send(-group, 0);
  return {
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    get lines() {
      return lines();
    },
    line: (matches) => until(() => lines().find(matches)),
    text: (part) => until(() => (output.stdout.includes(part) ? output.stdout : undefined)),
    signal(signal) {
      child.kill(signal);
    },
    interrupt() {
      send(-group, "SIGINT");
    },
    ended,
    isAlive,
    async [Symbol.asyncDispose]() {
      killAll();
      await ended;
      process.removeListener("exit", killAll);
    },
  };
}

/** Answers false when there is no such process. */
function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

/** @throws {SyntaxError} when a complete line is not a JSON object with an event */
function parseLines(stdout: string): StackLine[] {
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (!isLine(value)) throw new SyntaxError(`no event: ${line}`);
      return value;
    });
}

function isLine(value: unknown): value is StackLine {
  return (
    typeof value === "object" &&
    value !== null &&
    "event" in value &&
    typeof value.event === "string"
  );
}
