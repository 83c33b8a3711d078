import { setTimeout as sleep } from "node:timers/promises";

import { nameProgram } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { parseCommandLine } from "./command-line/parse-command-line.ts";
import { renderHelp } from "./command-line/render-help.ts";
import { stateDirOf } from "./command-line/state-dir.ts";
import { type AgentEvent, type CommandName, COMMANDS } from "./core/agent-event.ts";
import { EXIT_CODES, exitCodeOf } from "./core/exit-codes.ts";
import { eventOfError, knownFacts } from "./core/failure-event.ts";
import { type Paint, renderEvent } from "./core/render-event.ts";
import { roundToTenth } from "./node/stopwatch.ts";
import { runCommand } from "./run-command.ts";
import { SYSTEM_FOLDERS } from "./volume/luks2/find-cryptsetup.ts";

// Each schema is used once or twice in a process: compiling it would cost more than it saves.
z.config({ jitless: true });

const TOTAL_TIMEOUT_MS = 15_000;

/**
 * Monotonic clock of the process. Node would load `performance` before the broker is called: 1 ms.
 */
const elapsedMs = () => process.uptime() * 1000;

/** Start of the process on the machine's clock; the event's times count from it. */
const startedAtMs = () => performance.timeOrigin + performance.now() - elapsedMs();

/** The objects that only the entry point may use. */
export type Surroundings = {
  readonly environmentNames: readonly string[];
  readonly notifySocket: string | undefined;
  readonly credentialsFolder: string | undefined;
  readonly print: (text: string) => void;
  /** Colours text for a terminal, and nothing else. */
  readonly paint: Paint;
  /** To the person at the terminal, beside the output. */
  readonly ask: (text: string) => void;
};

/** @returns the exit code */
export async function main(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { environmentNames, notifySocket, credentialsFolder, print, paint, ask } = surroundings;
  let event: AgentEvent;
  let json = words.includes("--json");
  const show = (shown: AgentEvent) => {
    print(
      json ? JSON.stringify({ ...shown, startedAtMs: startedAtMs() }) : renderEvent(shown, paint),
    );
  };
  try {
    const line = parseCommandLine(words);
    ({ json } = line);
    if (line.kind !== "run") {
      print(line.kind === "help" ? renderHelp(line.command) : nameProgram("databox-agent"));
      return EXIT_CODES.ok;
    }
    event = await runCommand(line.command, {
      stateDir: line.stateDir,
      nowIso: () => new Date().toISOString(),
      elapsedMs,
      cryptsetupFolders: SYSTEM_FOLDERS,
      totalTimeoutMs: TOTAL_TIMEOUT_MS,
      environmentNames,
      notifySocket,
      credentialsFolder,
      pause,
      report: show,
      readStandardInput: (what) => readStandardInput(what, ask),
      readSecret: async (what) =>
        (await import("./command-line/read-secret.ts")).readSecret(what, process.stdin, ask),
    });
  } catch (error) {
    event = eventOfError(error, {
      event: commandOf(words),
      elapsedMs: roundToTenth(elapsedMs()),
      known: knownFacts(stateDirOf(words), undefined),
    });
  }
  show(event);
  return exitCodeOf(event);
}

async function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: stop }).catch(() => undefined);
}

/** The command that the event of an invalid command line names. */
function commandOf(words: readonly string[]): CommandName {
  return COMMANDS.find((name) => words.includes(name)) ?? "status";
}

/** Far more than an answer or a code needs. */
const INPUT_MAX_CHARACTERS = 16_384;

/** Reads the whole pipe; at a terminal one line. */
async function readStandardInput(what: string, ask: (text: string) => void): Promise<string> {
  const isTerminal = process.stdin.isTTY;
  if (isTerminal) ask(`Type or scan ${what}, then Enter:`);
  let text = "";
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > INPUT_MAX_CHARACTERS) break;
    if (isTerminal && text.trim() !== "" && text.endsWith("\n")) break;
  }
  return text;
}
