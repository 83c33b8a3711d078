import { REVOCATION_CALLS } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

/** Active kill switches over an order, of any owner. */
export const readRevocations = async (client: Client, params: OrderName, signal?: AbortSignal) =>
  (await client.call(REVOCATION_CALLS.list, { params, signal })).value;

/** @returns how many leases in the field it ended. */
export async function revokeNow(
  client: Client,
  params: OrderName,
  body: { readonly reason: string; readonly serial?: string | undefined },
): Promise<number> {
  return (await client.call(REVOCATION_CALLS.revoke, { params, body })).leases;
}

/** @param serial - of the node, for a switch that covers one. */
export async function restoreAccess(
  client: Client,
  params: OrderName,
  serial: string | undefined,
): Promise<void> {
  await client.call(REVOCATION_CALLS.restore, { params, body: { serial } });
}

export const readDrill = (client: Client, params: OrderName, signal?: AbortSignal) =>
  client.call(REVOCATION_CALLS.readDrill, { params, signal });

export function startDrill(client: Client, params: OrderName) {
  return client.call(REVOCATION_CALLS.startDrill, { params });
}
