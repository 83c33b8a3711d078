import { toAppError, AppError } from "@databox-cmk/errors";

import type { Command } from "./command-line/parse-command-line.ts";
import type { CommandDependencies } from "./commands/dependencies.ts";
import { roundToTenth } from "./commands/stopwatch.ts";
import type { AgentEvent } from "./core/agent-event.ts";
import { eventOfError } from "./core/failure-event.ts";
import { knownFacts } from "./core/known-facts.ts";
import type { Settings } from "./core/settings.ts";
import { openStateFolder } from "./state/state-folder.ts";

/** Never throws: a failure is an event like any other. */
export async function runCommand(
  command: Command,
  dependencies: CommandDependencies,
): Promise<AgentEvent> {
  try {
    return await dispatch(command, dependencies);
  } catch (error) {
    const settings = knownSettings(dependencies.stateDir);
    return eventOfError(withFacts(error, dependencies.stateDir, settings), {
      event: command.command,
      node:
        settings?.serial ?? (command.command === "prepare" ? command.arguments.serial : undefined),
      volume: settings?.volume.kind,
      elapsedMs: roundToTenth(dependencies.elapsedMs()),
    });
  }
}

/** A command's modules are loaded when it is run: an unlock does not wait for what only preparation needs. */
async function dispatch(command: Command, dependencies: CommandDependencies): Promise<AgentEvent> {
  switch (command.command) {
    case "prepare":
      return (await import("./commands/prepare.ts")).prepare(command.arguments, dependencies);
    case "unlock":
      return (await import("./commands/unlock.ts")).unlock(command, dependencies);
    case "passkey":
      return (await import("./passkey/passkey.ts")).passkey(dependencies);
    case "challenge":
      return (await import("./offline/challenge.ts")).challenge(command, dependencies);
    case "respond":
      return (await import("./offline/respond.ts")).respond(command.file, dependencies);
    case "rekey":
      return (await import("./rekey/rekey.ts")).rekey(dependencies);
    case "lock":
      return (await import("./commands/lock.ts")).lock(command, dependencies);
    case "status":
      return (await import("./commands/status.ts")).status(dependencies);
    case "journal":
      return (await import("./commands/journal.ts")).journal(command, dependencies);
    case "serve":
      return (await import("./daemon/serve.ts")).serve(command, dependencies);
    case "doctor":
      return (await import("./doctor/doctor.ts")).doctor(dependencies);
  }
}

/** Names for the placeholders of the steps. */
function withFacts(error: unknown, stateDir: string, settings: Settings | undefined): AppError {
  const { code, reason, target, detail, facts, cause } = toAppError(error);
  const known = settings === undefined ? {} : knownFacts(settings);
  return new AppError(code, {
    reason,
    target,
    detail,
    cause,
    facts: { stateDir, ...known, ...facts },
  });
}

function knownSettings(stateDir: string): Settings | undefined {
  try {
    return openStateFolder(stateDir).readSettings();
  } catch {
    return undefined; // the failure that is being explained may be this one
  }
}
