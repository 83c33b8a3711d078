import { type CommandName, COMMANDS } from "../core/agent-event.ts";
import { COMMAND_HELP, COMMAND_OPTIONS, GLOBAL_OPTIONS, type OptionRow } from "./option-table.ts";

/** @param command - the only one to explain; all without it */
export function renderHelp(command?: CommandName): string {
  const shown = command === undefined ? COMMANDS : [command];
  const commands = shown.map((name) =>
    [
      `  ${name.padEnd(30)}${COMMAND_HELP[name]}`,
      renderOptions(COMMAND_OPTIONS[name], "      "),
    ].join("\n"),
  );
  return [
    `databox-agent [--state-dir FOLDER] [--json] ${command ?? "COMMAND"}`,
    "",
    ...commands,
    "",
    "Always:",
    renderOptions(GLOBAL_OPTIONS, "  "),
    "",
    "Exit codes: 0 done, 1 internal error, 2 wrong command line, 3 refused (someone must act), 4 unreachable (try",
    "again), 5 invalid message or state, 6 pending",
  ].join("\n");
}

function renderOptions(table: Readonly<Record<string, OptionRow>>, indent: string): string {
  return Object.entries(table)
    .map(([name, { value, help }]) => {
      const left = `${indent}--${name}${value === undefined ? "" : ` ${value}`}`;
      return `${left.padEnd(32)}${left.length >= 32 ? " " : ""}${help}`;
    })
    .join("\n");
}
