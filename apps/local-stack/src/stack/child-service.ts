import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const STOP_MS = 10_000;
const OUTPUT_TAIL_CHARACTERS = 4_000;
/**
 * V8 begins with one megabyte for new objects and collects when that is full. A start allocates
 * much more, so an eighth of its processor time is collection. The option keeps compiled code
 * valid.
 */
const NODE_FLAGS = ["--disable-warning=ExperimentalWarning", "--min-semi-space-size=16"];

export type ChildService = {
  readonly pid: number;
  /** Ends it by SIGTERM; by SIGKILL when it does not end. */
  stop(): Promise<void>;
  kill(): Promise<void>;
};

export type ChildOptions = {
  readonly name: string;
  /** Node script with its arguments. */
  readonly script: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly readyWithinMs: number;
  /** Called once if the process ends by itself after it was ready. */
  readonly ended?: ((child: EndedChild) => void) | undefined;
};

export type EndedChild = {
  readonly name: string;
  /** Exit code or signal, and the last lines of its standard error. */
  readonly cause: string;
};

/**
 * Starts a Node process that says `{type:"ready"}` to its parent when it serves.
 *
 * @throws {Error} with the last lines of its standard error, when it ends or stays silent instead.
 */
export async function startChild(options: ChildOptions): Promise<ChildService> {
  const child = spawn(process.execPath, [...NODE_FLAGS, ...options.script], {
    env: { ...inherited(), ...options.environment },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const tail = keepTail(child);
  try {
    await ready(child, options.readyWithinMs);
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`${options.name} did not start: ${tail() || "it said nothing"}`, {
      cause: error,
    });
  }
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  let isWanted = false;
  child.once("exit", (code, signal) => {
    if (isWanted) return;
    const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
    const said = tail();
    options.ended?.({ name: options.name, cause: said === "" ? how : `${how}: ${said}` });
  });
  const end = async (signal: NodeJS.Signals) => {
    isWanted = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
  };
  return { pid: child.pid ?? 0, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

/** Programs, and the folder in which this Node keeps what it compiled, if it has one. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH = "", NODE_COMPILE_CACHE } = process.env;
  return { PATH, NODE_COMPILE_CACHE };
}

async function ready(child: ChildProcess, withinMs: number): Promise<void> {
  const signal = AbortSignal.timeout(withinMs);
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`exit code ${String(code)}`)));
  });
  for (;;) {
    const [message] = await Promise.race([once(child, "message", { signal }), failed]);
    if (isReady(message)) return;
  }
}

function isReady(message: unknown): boolean {
  return (
    typeof message === "object" && message !== null && "type" in message && message.type === "ready"
  );
}

function keepTail(child: ChildProcess): () => string {
  let tail = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-OUTPUT_TAIL_CHARACTERS);
  });
  return () => tail.trim();
}
