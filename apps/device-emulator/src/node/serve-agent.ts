import { spawn } from "node:child_process";

import { type AgentEvent, parseAgentOutput } from "@databox-cmk/testkit";

/**
 * The agent's daemon, with the node's page on loopback. Disposing it ends it by SIGTERM; the volume
 * stays as it is.
 */
export type AgentService = AsyncDisposable & {
  /** Without a slash at its end. */
  readonly uiUrl: string;
  /** Resolves when the daemon has ended, for any reason. */
  readonly ended: Promise<void>;
};

const LOOPBACK = "127.0.0.1";
const STOP_MS = 10_000;
const ERROR_TAIL_CHARACTERS = 4_000;

/**
 * Starts the real agent's `serve` as a process of its own, as the appliance's service manager
 * would.
 *
 * @param port - of its page; 0 takes a free one
 * @throws {Error} with the agent's own text, when it ends before it serves
 */
export async function serveAgent(
  command: readonly [string, ...string[]],
  options: {
    readonly stateDir: string;
    readonly port: number;
    readonly model: string;
    readonly shutDownCommand: string;
    /** Aborted when the node loses its power: the process is killed at once. */
    readonly power: AbortSignal;
  },
): Promise<AgentService> {
  const [program, ...fixed] = command;
  const ui = [
    ["--ui-host", LOOPBACK],
    ["--ui-port", String(options.port)],
    ["--ui-model", options.model],
    ["--shut-down-command", options.shutDownCommand],
  ];
  const child = spawn(
    program,
    [...fixed, "--json", "--state-dir", options.stateDir, "serve", ...ui.flat()],
    { stdio: ["ignore", "pipe", "pipe"], env: {}, signal: options.power, killSignal: "SIGKILL" },
  );
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-ERROR_TAIL_CHARACTERS);
  });
  const serving = new Promise<number>((resolve, reject) => {
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const event of parseAgentOutput(lines.join("\n")))
        if (event.outcome === "serving") resolve(portOf(event["details"]));
        else said = `${said}${describe(event)}. `.slice(-ERROR_TAIL_CHARACTERS);
    });
    child.once("error", reject);
    child.once("close", () => {
      reject(new Error(`the agent ended before it served: ${said.trim()}`));
    });
  });
  const port = await serving;
  return {
    uiUrl: `https://${LOOPBACK}:${String(port)}`,
    ended,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

function describe({ outcome, code, title, detail }: AgentEvent): string {
  if (code === undefined) return outcome;
  return [`${String(title)} (${code})`, ...(typeof detail === "string" ? [detail] : [])].join(": ");
}

function portOf(details: unknown): number {
  if (
    typeof details === "object" &&
    details !== null &&
    "uiPort" in details &&
    typeof details.uiPort === "number"
  )
    return details.uiPort;
  throw new TypeError("the agent serves, but did not say where");
}
