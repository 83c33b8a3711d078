import { type OrderNodes, orderNodes } from "@databox-cmk/protocol";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

export type OrderNode = OrderNodes["value"][number];

export async function readNodes(
  client: Client,
  name: OrderName,
  signal: AbortSignal,
): Promise<readonly OrderNode[]> {
  const { value } = await client.read(orderPath(name, "/nodes"), orderNodes, { signal });
  return value;
}
