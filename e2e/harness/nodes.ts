import type { EmulatedNode } from "@databox-cmk/device-emulator";
import type { AgentRun } from "@databox-cmk/testkit";

import type { World } from "./open-world.ts";

/** Prepares a node by its one-time code. @throws {Error} with the agent's own words */
export async function prepareNode(
  { stack }: World,
  node: EmulatedNode,
  orderId: string,
  code: string,
  volumeKind: "auto" | "file" = "auto",
): Promise<void> {
  const { brokerUrl, caFile, dnsServer } = stack.description;
  const order = orderId.toLowerCase();
  requireOk(await node.prepare({ brokerUrl, caFile, dnsServer, order, volumeKind }, code));
}

/** @throws {Error} with the agent's own words, when it does not end with 0 */
export async function unlockNode(node: EmulatedNode): Promise<AgentRun["events"][number]> {
  return requireOk(await node.agent(["unlock"]));
}

export function requireOk({ exitCode, events, stderr }: AgentRun): AgentRun["events"][number] {
  const event = events.at(-1);
  if (exitCode !== 0 || event === undefined)
    throw new Error(`the agent ended with ${String(exitCode)}: ${JSON.stringify(event)} ${stderr}`);
  return event;
}
