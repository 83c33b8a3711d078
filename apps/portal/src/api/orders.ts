import { jobResource } from "@databox-cmk/protocol";

import { type OrderName, orderPart, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

/** An order with all its details. */
export const readOrder = orderPart("", jobResource, { $expand: "details" });

/** Checked and committed before the answer: there is nothing left to wait for. */
export async function patchOrder(client: Client, name: OrderName, patch: object): Promise<void> {
  await client.send(orderPath(name), { method: "PATCH", body: patch });
}

export async function cancelOrder(client: Client, name: OrderName, reason: string): Promise<void> {
  await client.send(orderPath(name, "/cancel"), { method: "POST", body: { reason } });
}

export async function deleteOrder(client: Client, name: OrderName): Promise<void> {
  await client.send(orderPath(name), { method: "DELETE" });
}

export async function mitigateOrder(
  client: Client,
  name: OrderName,
  customerResolutionCode: "Resume" | "MoveToCleanUpDevice",
): Promise<void> {
  await client.send(orderPath(name, "/mitigate"), {
    method: "POST",
    body: { customerResolutionCode },
  });
}
