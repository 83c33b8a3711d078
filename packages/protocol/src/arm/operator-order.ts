import * as z from "zod/mini";

import { jobResource, STAGE_NAMES } from "./job-view.ts";
import { orderNodes } from "./order-summary.ts";

/** The operations on an order, in the order of its lifecycle; each is a call of this name. */
export const OPERATIONS = [
  "prepare",
  "dispatch",
  "deliver",
  "pickUp",
  "receive",
  "startCopy",
  "complete",
  "fail",
  "erase",
] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** Operator API: the whole order, its nodes, and after erasure the signed certificate. */
export const operatorOrder = z.strictObject({
  ...jobResource.shape,
  operations: z.array(
    z.strictObject({
      name: z.enum(OPERATIONS),
      /** Whether the order accepts it now, and it changes something. */
      allowed: z.boolean(),
      /** Stages from which it leads on. */
      stages: z.array(z.enum(STAGE_NAMES)),
    }),
  ),
  nodes: orderNodes.shape.value,
  /**
   * Serial numbers of nodes that cannot be unlocked at the customer's, since they were never
   * prepared.
   */
  unpreparedNodes: z.optional(z.array(z.string())),
  /** After erasure of the keys: serial numbers of nodes that have not certified their own erasure. */
  unerasedNodes: z.optional(z.array(z.string())),
  /** JWS, `typ` `databox-erasure+jws`. */
  erasureReceipt: z.optional(z.string()),
});
export type OperatorOrder = z.infer<typeof operatorOrder>;
