import type { DrillStack } from "./drill-stack.ts";

/** Repeats a command in the operator's shell until it succeeds. The runbook does not show it. */
export async function until(drill: DrillStack, command: string): Promise<void> {
  while ((await drill.shell.run(command)).exitCode !== 0);
}
