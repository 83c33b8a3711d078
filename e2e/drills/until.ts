import type { Stage } from "./stage.ts";

/** Repeats a command at the operator's desk until it succeeds. The runbook does not show it. */
export async function until(stage: Stage, command: string): Promise<void> {
  while ((await stage.desk.run(command)).exitCode !== 0);
}
