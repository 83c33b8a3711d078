import { parseCommandLine } from "./command-line/parse-command-line.ts";
import { renderHelp } from "./command-line/render-help.ts";
import { roundToTenth } from "./commands/stopwatch.ts";
import { COMMANDS } from "./core/agent-event.ts";
import type { AgentEvent, CommandName } from "./core/agent-event.ts";
import { exitCodeOf } from "./core/exit-codes.ts";
import { eventOfError } from "./core/failure-event.ts";
import { renderEvent } from "./core/render-event.ts";
import { AGENT_NAME } from "./exchange/session.ts";
import { runCommand } from "./run-command.ts";
import { SYSTEM_FOLDERS } from "./volume/luks2/find-cryptsetup.ts";

/** performance.now() counts from the start of the process. */
const elapsedMs = () => performance.now();

await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  process.umask(0o077);
  let event: AgentEvent;
  let json = words.includes("--json");
  try {
    const line = parseCommandLine(words);
    ({ json } = line);
    if (line.kind !== "run") {
      console.log(line.kind === "help" ? renderHelp() : AGENT_NAME);
      return;
    }
    event = await runCommand(line.command, {
      stateDir: line.stateDir,
      nowIso: () => new Date().toISOString(),
      elapsedMs,
      cryptsetupFolders: SYSTEM_FOLDERS,
      totalTimeoutMs: 15_000,
      readStandardInput,
    });
  } catch (error) {
    event = eventOfError(error, { event: commandOf(words), elapsedMs: roundToTenth(elapsedMs()) });
  }
  console.log(json ? JSON.stringify(event) : renderEvent(event));
  process.exitCode = exitCodeOf(event);
}

/** For the event of a command line that could not be read. */
function commandOf(words: readonly string[]): CommandName {
  return COMMANDS.find((name) => words.includes(name)) ?? "status";
}

async function readStandardInput(): Promise<string> {
  if (process.stdin.isTTY)
    console.error("Type the one-time enrolment code, then Enter and Ctrl-D:");
  let text = "";
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > 4096) break;
  }
  return text;
}
