import type { EmulatedNode } from "@databox-cmk/device-emulator";

import { requireOk, unlockNode } from "../../harness/nodes.ts";
import type { World } from "../../harness/open-world.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../../harness/shipped-appliance.ts";

/** Orders of a customer at one time, by the situation that each one shows. */
export type Orders = {
  /** With the service's own key. */
  readonly fresh: string;
  /** Unlocked by the customer's key. */
  readonly healthy: string;
  readonly healthyNode: EmulatedNode;
  /** Its key is disabled. */
  readonly disabled: string;
  /** A Data Box Heavy with one node unlocked. */
  readonly heavy: string;
};

export async function placeOrders(world: World): Promise<Orders> {
  const ship = async (name: string, serials: readonly string[]) => {
    const order = await placeOrder(world, name, serials.length === 1 ? "DataBox" : "DataBoxHeavy");
    const appliance = await prepareAppliance(world, order, serials);
    const key = await takeOwnKey(world, order, `contoso${name}`);
    await shipAppliance(world, order, appliance);
    return { key, nodes: appliance.nodes };
  };
  await placeOrder(world, "nova");
  const {
    nodes: [healthyNode],
  } = await ship("atlas", ["DBX-1042"]);
  const { nodes: heavyNodes } = await ship("titan", ["DBH-7-A", "DBH-7-B"]);
  const { key, nodes: disabledNodes } = await ship("orion", ["DBX-1077"]);
  if (healthyNode === undefined) throw new Error("an appliance has a node");
  await unlockNode(healthyNode);
  for (const node of heavyNodes.slice(1)) await unlockNode(node);
  await key.setEnabled(false);
  for (const node of disabledNodes) {
    const { exitCode } = await node.agent(["unlock"]);
    if (exitCode === 0) throw new Error("a disabled key unlocked a node");
    requireOk(await node.agent(["lock"]));
  }
  return { fresh: "nova", healthy: "atlas", healthyNode, disabled: "orion", heavy: "titan" };
}
