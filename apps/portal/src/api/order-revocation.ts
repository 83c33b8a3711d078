import {
  revocationDrillView,
  revocationList,
  restoreAccessResult,
  revokeResult,
} from "@databox-cmk/protocol";

import { type OrderName, orderPart, orderList, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

/** Active kill switches over an order, of any owner. */
export const readRevocations = orderList("/revocations", revocationList);

/** @returns how many leases in the field it ended. */
export async function revokeNow(
  client: Client,
  name: OrderName,
  wanted: { readonly reason: string; readonly serial?: string | undefined },
): Promise<number> {
  const { leases } = await client.read(orderPath(name, "/revoke"), revokeResult, {
    method: "POST",
    body: wanted,
  });
  return leases;
}

/** @param serial - of the node, for a switch that covers one. */
export async function restoreAccess(
  client: Client,
  name: OrderName,
  serial: string | undefined,
): Promise<void> {
  await client.read(orderPath(name, "/restoreAccess"), restoreAccessResult, {
    method: "POST",
    body: serial === undefined ? {} : { serial },
  });
}

export const readDrill = orderPart("/revocationDrill", revocationDrillView);

export function startDrill(client: Client, name: OrderName) {
  return client.read(orderPath(name, "/revocationDrill"), revocationDrillView, { method: "POST" });
}
