import { JOB_CALLS } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

/** An order with all its details. */
export const readOrder = (client: Client, params: OrderName, signal?: AbortSignal) =>
  client.call(JOB_CALLS.read, { params, query: { $expand: "details" }, signal });

/** Checked and committed before the answer: there is nothing left to wait for. */
export async function patchOrder(
  client: Client,
  params: OrderName,
  body: z.input<typeof JOB_CALLS.patch.body>,
): Promise<void> {
  await client.call(JOB_CALLS.patch, { params, body });
}

export async function cancelOrder(
  client: Client,
  params: OrderName,
  reason: string,
): Promise<void> {
  await client.call(JOB_CALLS.cancel, { params, body: { reason } });
}

export async function deleteOrder(client: Client, params: OrderName): Promise<void> {
  await client.call(JOB_CALLS.remove, { params });
}

export async function mitigateOrder(
  client: Client,
  params: OrderName,
  customerResolutionCode: "Resume" | "MoveToCleanUpDevice",
): Promise<void> {
  await client.call(JOB_CALLS.mitigate, { params, body: { customerResolutionCode } });
}
