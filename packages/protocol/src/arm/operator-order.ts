import * as z from "zod/mini";

import { jobResource } from "./job-view.ts";
import { orderNodes } from "./order-summary.ts";

/** Operator API: an order with everything, its nodes, and after erasure the signed receipt. */
export const operatorOrder = z.strictObject({
  ...jobResource.shape,
  nodes: orderNodes.shape.value,
  /** JWS, `typ` `databox-erasure+jws`. */
  erasureReceipt: z.optional(z.string()),
});
export type OperatorOrder = z.infer<typeof operatorOrder>;
