import {
  type Call,
  MOVE_CALLS,
  OPERATOR_ORDER_CALLS,
  type PreparedNode,
} from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

export function readOperatorOrder(client: Client, params: OrderName, signal: AbortSignal) {
  return client.call(OPERATOR_ORDER_CALLS.read, { params, signal });
}

/** @param body - `outcome` of an end, `force` of a dispatch; most operations need none. */
export async function moveOrder<Name extends keyof typeof MOVE_CALLS>(
  client: Client,
  params: OrderName,
  operation: Name,
  body: z.input<(typeof MOVE_CALLS)[Name]["body"]>,
): Promise<void> {
  const row: Call = MOVE_CALLS[operation];
  const given = { params, body };
  await client.call(row, given);
}

/**
 * Makes the unlock key and one-time enrolment codes; repeated, new codes for nodes that have not
 * enrolled.
 *
 * @param serials - one for each node; none: the broker chooses them.
 */
export async function prepareOrder(
  client: Client,
  params: OrderName,
  serials: readonly string[],
): Promise<readonly PreparedNode[]> {
  const body = serials.length === 0 ? {} : { serials: [...serials] };
  return (await client.call(OPERATOR_ORDER_CALLS.prepare, { params, body })).nodes;
}

/** The node's device key is removed permanently; another device enrols by the code. */
export function replaceDevice(client: Client, params: OrderName, serial: string, reason: string) {
  return client.call(OPERATOR_ORDER_CALLS.replaceDevice, { params, body: { serial, reason } });
}
