import type { DrillStack, Typing } from "./drill-stack.ts";

/**
 * The commands by which an operator starts a campaign and waits for its end.
 *
 * @param request - of the campaign, as a program of jq, in which variables of the shell are `env.X`
 */
export const campaignCommands = (request: string) =>
  [
    `jq -n '${request}' |\n` +
      `  curl -sS --fail-with-body --header @operator.header --json @- "$BROKER/operator/v1/campaigns" |\n` +
      "  jq -r .id > campaign",
    "until curl -sS --fail-with-body --header @operator.header \\\n" +
      `  "$BROKER/operator/v1/campaigns/$(cat campaign)" > progress && jq -e '.state != "Running"' progress > /dev/null\n` +
      "do sleep 1; done; jq -c '{state, dryRun, progress}' progress",
  ] as const;

/** Starts a campaign in the operator's shell, and shows its result. */
export async function runCampaign(
  drill: DrillStack,
  request: string,
  typing?: Typing,
): Promise<void> {
  const [start, wait] = campaignCommands(request);
  await drill.type(start);
  await drill.type(wait, typing);
}
