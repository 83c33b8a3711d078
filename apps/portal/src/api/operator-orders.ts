import {
  type OperationName,
  operatorOrder,
  type PreparedNode,
  preparedNode,
  preparedNodes,
} from "@databox-cmk/protocol";

import type { OrderName } from "./arm-path.ts";
import type { Client } from "./client.ts";
import { operatorOrderPath } from "./operator-path.ts";

export function readOperatorOrder(client: Client, name: OrderName, signal: AbortSignal) {
  return client.read(operatorOrderPath(name), operatorOrder, { signal });
}

/** @param body - `outcome` of an end, `force` of a dispatch; most operations need none. */
export async function moveOrder(
  client: Client,
  name: OrderName,
  operation: Exclude<OperationName, "prepare">,
  body: object,
): Promise<void> {
  await client.send(operatorOrderPath(name, operation), { method: "POST", body });
}

/**
 * Makes the unlock key and one-time enrolment codes; repeated, new codes for nodes that have not
 * enrolled.
 *
 * @param serials - one for each node; none: the broker chooses them.
 */
export async function prepareOrder(
  client: Client,
  name: OrderName,
  serials: readonly string[],
): Promise<readonly PreparedNode[]> {
  const { nodes } = await client.read(operatorOrderPath(name, "prepare"), preparedNodes, {
    method: "POST",
    body: serials.length === 0 ? {} : { serials },
  });
  return nodes;
}

/** The node's device key is removed permanently; another device enrols by the code. */
export function replaceDevice(client: Client, name: OrderName, serial: string, reason: string) {
  return client.read(operatorOrderPath(name, "replaceDevice"), preparedNode, {
    method: "POST",
    body: { serial, reason },
  });
}
