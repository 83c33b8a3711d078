import type { AgentEvent } from "./core/agent-event.ts";
import type { Command, PrepareArguments } from "./core/command.ts";
import { eventOfError, knownFacts, type NamedNode } from "./core/failure-event.ts";
import type { Settings } from "./core/settings.ts";
import type { CommandDependencies, RunCommand } from "./node/dependencies.ts";
import { roundToTenth } from "./node/stopwatch.ts";
import { openStateFolder } from "./state/state-folder.ts";

/** Never throws: a failure is an event. */
export async function runCommand(
  command: Command,
  dependencies: CommandDependencies,
): Promise<AgentEvent> {
  try {
    return await dispatch(command, dependencies);
  } catch (error) {
    const settings = knownSettings(dependencies.stateDir);
    const node = settings ?? ("arguments" in command ? namedBy(command.arguments) : undefined);
    return eventOfError(error, {
      known: knownFacts(dependencies.stateDir, node),
      event: command.command,
      node: node?.serial,
      volume: settings?.volume.kind,
      elapsedMs: roundToTenth(dependencies.elapsedMs()),
    });
  }
}

/**
 * A command's modules are loaded when it is run: an unlock does not wait for modules that only
 * preparation needs.
 */
async function dispatch(command: Command, dependencies: CommandDependencies): Promise<AgentEvent> {
  const run: RunCommand = (other, own) => runCommand(other, { ...dependencies, ...own });
  switch (command.command) {
    case "prepare":
      return "arguments" in command
        ? (await import("./prepare/prepare.ts")).prepare(command.arguments, dependencies)
        : (await import("./prepare/reconnect.ts")).reconnect(command.reconnect, dependencies);
    case "unlock":
      return (await import("./unlock/unlock.ts")).unlock(command, dependencies, run);
    case "passkey":
      return (await import("./passkey/passkey.ts")).passkey(dependencies);
    case "challenge":
      return (await import("./offline/challenge.ts")).challenge(command, dependencies);
    case "respond":
      return (await import("./offline/respond.ts")).respond(command.file, dependencies);
    case "rekey":
      return (await import("./rekey/rekey.ts")).rekey(command, dependencies);
    case "recover":
      return (await import("./commands/recover.ts")).recover(dependencies);
    case "erase":
      return (await import("./erase/erase.ts")).erase(command, dependencies);
    case "lock":
      return (await import("./commands/lock.ts")).lock(command, dependencies);
    case "status":
      return (await import("./commands/status.ts")).status(dependencies);
    case "journal":
      return (await import("./commands/journal.ts")).journal(command, dependencies);
    case "serve":
      return (await import("./daemon/serve.ts")).serve(command, dependencies, run);
    case "doctor":
      return (await import("./doctor/doctor.ts")).doctor(dependencies);
  }
}

function namedBy({ serial, order, broker }: PrepareArguments): NamedNode {
  return { serial, order, connection: { brokerUrl: broker } };
}

function knownSettings(stateDir: string): Settings | undefined {
  try {
    return openStateFolder(stateDir).readSettings();
  } catch {
    return undefined; // This may be the failure that is being explained.
  }
}
