import { NODE_CALLS, type OrderNodes } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

export type OrderNode = OrderNodes["value"][number];

export const readNodes = async (
  client: Client,
  params: OrderName,
  signal?: AbortSignal,
): Promise<readonly OrderNode[]> => (await client.call(NODE_CALLS.list, { params, signal })).value;
