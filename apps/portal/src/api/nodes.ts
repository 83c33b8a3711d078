import { type OrderNodes, orderNodes } from "@databox-cmk/protocol";

import { orderList } from "./arm-path.ts";

export type OrderNode = OrderNodes["value"][number];

export const readNodes = orderList("/nodes", orderNodes);
