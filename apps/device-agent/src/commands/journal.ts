import { readFileSync } from "node:fs";

import { AppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import { verifyJournal } from "../journal/verify-journal.ts";
import { systemCode } from "../state/state-error.ts";
import type { CommandDependencies } from "./dependencies.ts";
import { requirePrepared } from "./prepared-node.ts";
import { roundToTenth } from "./stopwatch.ts";

/** Shows the newest rows, or with `verify` checks the whole chain. @throws {AppError} `AgentStateUnreadable` when it is broken */
export async function journal(
  options: { readonly verify: boolean; readonly last: number },
  dependencies: CommandDependencies,
): Promise<AgentEvent> {
  const { folder, settings, state } = requirePrepared(dependencies.stateDir);
  const check = verifyJournal(readText(folder.journalPath), state.journalHead);
  if (check.kind === "broken")
    throw new AppError("AgentStateUnreadable", {
      target: folder.journalPath,
      detail: `${folder.journalPath}: line ${String(check.line)}: ${check.what}`,
    });
  const { rows, tornLines } = check;
  const head = rows.at(-1)?.hash;
  const torn = `${String(tornLines)} line(s) were cut off by a crash and are marked`;
  return {
    event: "journal",
    node: settings.serial,
    outcome: options.verify ? "verified" : "listed",
    volume: settings.volume.kind,
    elapsedMs: roundToTenth(dependencies.elapsedMs()),
    details: { rows: rows.length, ...(head === undefined ? {} : { head }) },
    ...(options.verify ? {} : { rows: rows.slice(-options.last) }),
    ...(tornLines === 0 ? {} : { notes: [torn] }),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "";
    throw new AppError("AgentStateUnreadable", {
      detail: `${path}: cannot be read (${systemCode(error)})`,
      cause: error,
    });
  }
}
