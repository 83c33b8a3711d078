import * as z from "zod/mini";

import { readOnlyMember } from "./fields.ts";

/** Longest list of orders in escrow that the policy of a subscription names. */
export const ESCROW_ORDERS_MAX = 100;

/** Our extension: whether a subscription allows only split custody for its new orders. */
export const custodyPolicyWrite = z.strictObject({
  splitOnly: z.boolean(),
  changedAt: readOnlyMember,
  changedBy: readOnlyMember,
  escrowOrders: readOnlyMember,
});

/** The policy in force; without `changedAt` it was never set. */
export const custodyPolicyView = z.object({
  splitOnly: z.boolean(),
  changedAt: z.optional(z.string()),
  changedBy: z.optional(z.string()),
  /** Resource ids of orders in escrow that have not ended: the policy does not change them. */
  escrowOrders: z.array(z.string()),
});
export type CustodyPolicyView = z.infer<typeof custodyPolicyView>;
