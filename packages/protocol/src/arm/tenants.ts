import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { requiredText } from "./fields.ts";
import { PATHS } from "./paths.ts";

/** Operator API: the tenants of customers that may call, beside the service's own. */
export const tenantWrite = z.strictObject({ name: requiredText(128) });
export const tenantView = z.object({
  tenantId: z.string(),
  name: z.string(),
  state: z.enum(["connected", "disconnected"]),
  changedAt: z.string(),
  changedBy: z.string(),
});
export type TenantView = z.infer<typeof tenantView>;

const TENANTS = `${PATHS.operator}/tenants` as const;
const TENANT = `${TENANTS}/:tenantId` as const;

export const TENANT_CALLS = {
  list: { at: ["GET", TENANTS], answers: { 200: z.object({ value: z.array(tenantView) }) } },
  connect: { at: ["PUT", TENANT], body: tenantWrite, answers: { 200: tenantView } },
  addSubscription: {
    at: ["PUT", `${TENANT}/subscriptions/:subscriptionId`],
    answers: { 204: undefined },
  },
  disconnect: { at: ["DELETE", TENANT], answers: { 200: tenantView, 204: undefined } },
} as const satisfies Calls;
