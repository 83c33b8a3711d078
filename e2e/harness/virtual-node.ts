import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { StoryOrder } from "@databox-cmk/local-stack";
import type { AgentEvent } from "@databox-cmk/testkit";
import {
  createVirtualNode,
  type Image,
  openImage,
  type VirtualNode,
} from "@databox-cmk/virtual-appliance";

import { requireOk } from "./nodes.ts";
import type { World } from "./open-world.ts";

const CACHE = fileURLToPath(
  new URL("../../node_modules/.cache/virtual-appliance", import.meta.url),
);

export const openVirtualImage = (): Image => openImage(CACHE);

/** A node that is a virtual machine, switched off. */
export function openVirtualNode({ stack, folder }: World, serial: string): VirtualNode {
  return createVirtualNode({
    serial,
    folder: join(folder, "virtual", serial),
    image: openVirtualImage(),
    brokerHost: new URL(stack.description.brokerUrl).hostname,
  });
}

/** In the datacenter, by a one-time code. @throws {Error} with the agent's own words */
export async function prepareVirtual(
  world: World,
  order: StoryOrder,
  node: VirtualNode,
  options?: readonly string[],
): Promise<void> {
  const [made] = await world.operator.prepare(order.id, [node.serial]);
  await enrolVirtual(world, order, node, made?.enrolmentCode ?? "", options);
}

/** With a code that is there already. */
export async function enrolVirtual(
  { stack }: World,
  order: StoryOrder,
  node: VirtualNode,
  code: string,
  options?: readonly string[],
): Promise<void> {
  const { brokerUrl, caFile } = stack.description;
  requireOk(
    await node.prepare({ brokerUrl, caFile, order: order.id.toLowerCase() }, code, options),
  );
}

/** @returns the last event of a command of the agent, successful or not */
export async function agentEvent(
  node: VirtualNode,
  parameters: readonly string[],
  input?: string,
): Promise<AgentEvent> {
  const { events, stderr } = await node.agent(parameters, input);
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
