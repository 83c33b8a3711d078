import type { CommandName } from "../core/agent-event.ts";
import type { Settings } from "../core/settings.ts";
import type { CommandDependencies } from "./dependencies.ts";
import { roundToTenth } from "./stopwatch.ts";

type EventNode = Pick<Settings, "serial"> & { readonly volume: Pick<Settings["volume"], "kind"> };

/** The members that every event of a node has. */
export function eventOf<Name extends CommandName>(
  event: Name,
  { serial, volume }: EventNode,
  { elapsedMs }: Pick<CommandDependencies, "elapsedMs">,
) {
  return { event, node: serial, volume: volume.kind, elapsedMs: roundToTenth(elapsedMs()) };
}

/** The notes that apply, each one or a list of them; undefined without one. */
export function notesOf(
  ...given: readonly (string | false | readonly string[])[]
): readonly string[] | undefined {
  const notes = given.flatMap((note) => (note === false ? [] : note));
  return notes.length === 0 ? undefined : notes;
}
