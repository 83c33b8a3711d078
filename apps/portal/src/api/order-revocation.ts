import {
  type RevocationDrillView,
  revocationDrillView,
  type RevocationList,
  revocationList,
  restoreAccessResult,
  revokeResult,
} from "@databox-cmk/protocol";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

/** Active kill switches over an order, of any owner. */
export async function readRevocations(
  client: Client,
  name: OrderName,
  signal: AbortSignal,
): Promise<RevocationList["value"]> {
  const { value } = await client.read(orderPath(name, "/revocations"), revocationList, { signal });
  return value;
}

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

export function readDrill(
  client: Client,
  name: OrderName,
  signal: AbortSignal,
): Promise<RevocationDrillView> {
  return client.read(orderPath(name, "/revocationDrill"), revocationDrillView, { signal });
}

export function startDrill(client: Client, name: OrderName): Promise<RevocationDrillView> {
  return client.read(orderPath(name, "/revocationDrill"), revocationDrillView, { method: "POST" });
}
