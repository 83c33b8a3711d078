import * as z from "zod/mini";

import { orderId, type OrderName } from "./arm-path.ts";
import type { Client } from "./client.ts";

const permissionsView = z.object({ actions: z.array(z.string()) });

/** Which actions the reader's roles allow on an order. */
export async function readPermissions(
  client: Client,
  name: OrderName,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const path = `/portal/api/permissions${orderId(name)}`;
  const { actions } = await client.read(path, permissionsView, { signal });
  return new Set(actions);
}
