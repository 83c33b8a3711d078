import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  type AgentEvent,
  createVirtualNode,
  openImage,
  type VirtualNode,
} from "@databox-cmk/virtual-appliance";

import type { World } from "./open-world.ts";

const CACHE = fileURLToPath(
  new URL("../../node_modules/.cache/virtual-appliance", import.meta.url),
);

/** A node that is a virtual machine, switched off. */
export function openVirtualNode({ stack, folder }: World, serial: string): VirtualNode {
  return createVirtualNode({
    serial,
    folder: join(folder, "virtual", serial),
    image: openImage(CACHE),
    brokerHost: new URL(stack.description.brokerUrl).hostname,
  });
}

/** @returns the last event of a command of the agent, successful or not */
export async function agentEvent(
  node: VirtualNode,
  parameters: readonly string[],
): Promise<AgentEvent> {
  const { events, stderr } = await node.agent(parameters);
  const event = events.at(-1);
  if (event === undefined) throw new Error(`the agent said nothing: ${stderr}`);
  return event;
}

/** A shell's line in the guest. @throws {Error} when it fails */
export async function shell(node: VirtualNode, line: string): Promise<string> {
  const { exitCode, stdout, stderr } = await node.run(["sh", "-c", line]);
  if (exitCode !== 0)
    throw new Error(`${line} ended with ${String(exitCode)}: ${stdout} ${stderr}`);
  return stdout;
}
