import { type Command, InvalidArgumentError } from "commander";

import { type Environment, parseConfig } from "../../config/config.ts";

/** @param write - takes one line, without its line break */
export function addRestoredCommand(
  program: Command,
  environment: Environment,
  write: (line: string) => void,
): void {
  program
    .command("restored")
    .description("what a restored database has lost, until a person confirms it")
    .option(
      "--since <time>",
      "say that the database was restored to this time, when no record tells it",
      parseTime,
    )
    .option("--confirm <reason>", "confirm it; the reason goes into the audit log")
    .action(async (options: { readonly since?: number; readonly confirm?: string }) => {
      const { showRestores } = await import("./show-restores.ts");
      for (const line of await showRestores(parseConfig(environment), options)) write(line);
    });
}

function parseTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new InvalidArgumentError("expected a time, such as 2026-11-30T02:00:00Z");
}
