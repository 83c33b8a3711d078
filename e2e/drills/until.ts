import type { Stage, Variables } from "./stage.ts";

/** Repeats a command at the operator's desk until it succeeds. The runbook does not show it. */
export async function until(stage: Stage, command: string, variables?: Variables): Promise<void> {
  while ((await stage.desk.run(command, variables)).exitCode !== 0);
}
