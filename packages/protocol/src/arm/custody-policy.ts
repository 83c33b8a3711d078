import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { readOnlyMember } from "./fields.ts";
import { PATHS } from "./paths.ts";

/** Longest list of orders in escrow that the policy of a subscription names. */
export const ESCROW_ORDERS_MAX = 100;

/** Our extension: whether a subscription allows only split custody for its new orders. */
export const custodyPolicyWrite = z.strictObject({
  splitOnly: z.boolean(),
  changedAt: readOnlyMember,
  changedBy: readOnlyMember,
  escrowOrders: readOnlyMember,
});

/** The current policy; without `changedAt` it was never set. */
export const custodyPolicyView = z.object({
  splitOnly: z.boolean(),
  changedAt: z.optional(z.string()),
  changedBy: z.optional(z.string()),
  /** Resource ids of orders in escrow that have not ended: the policy does not change them. */
  escrowOrders: z.array(z.string()),
});
export type CustodyPolicyView = z.infer<typeof custodyPolicyView>;

const CUSTODY_POLICY = `${PATHS.subscription}/custodyPolicy` as const;

export const CUSTODY_POLICY_CALLS = {
  read: { at: ["GET", CUSTODY_POLICY], answers: { 200: custodyPolicyView } },
  write: {
    at: ["PUT", CUSTODY_POLICY],
    body: custodyPolicyWrite,
    answers: { 200: custodyPolicyView },
  },
} as const satisfies Calls;
