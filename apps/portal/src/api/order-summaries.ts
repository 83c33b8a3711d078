import { STAGE_NAMES, STAGE_STATUSES } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { dataBoxPath } from "./arm-path.ts";
import type { Client } from "./client.ts";
import { operatorPath } from "./operator-path.ts";

export const HEALTH_STATES = ["Healthy", "AtRisk", "Unusable", "Unknown", "NotWatched"] as const;
export type HealthState = (typeof HEALTH_STATES)[number];
export const LOCK_STATES = ["notPrepared", "locked", "unlocked", "grace", "revoked"] as const;
export type LockState = (typeof LOCK_STATES)[number];
export const ENCRYPTION_TYPES = ["MicrosoftManaged", "CustomerManaged"] as const;

const orderSummary = z.object({
  id: z.string(),
  name: z.string(),
  resourceGroup: z.string(),
  location: z.string(),
  sku: z.string(),
  stage: z.enum(STAGE_NAMES),
  stageStatus: z.enum(STAGE_STATUSES),
  createdAt: z.string(),
  encryption: z.object({
    kekType: z.enum(ENCRYPTION_TYPES),
    kekUrl: z.optional(z.string()),
  }),
  keyHealth: z.object({
    state: z.enum(HEALTH_STATES),
    code: z.optional(z.string()),
    riskAt: z.optional(z.string()),
  }),
  nodes: z.array(
    z.object({ serial: z.string(), lock: z.enum(LOCK_STATES), since: z.optional(z.string()) }),
  ),
});
export type OrderSummary = z.infer<typeof orderSummary>;

const orderSummaryPage = z.object({
  value: z.array(orderSummary),
  nextLink: z.optional(z.string()),
  total: z.optional(z.number()),
});
export type OrderSummaryPage = z.infer<typeof orderSummaryPage>;

export type OrderFilter = {
  readonly search?: string | undefined;
  readonly stage?: string | undefined;
  readonly encryption?: string | undefined;
  readonly health?: string | undefined;
  readonly lock?: string | undefined;
};

const PAGE_SIZE = 50;

/** @param position - `$skipToken` of the page; none for the first. */
export function readOrderSummaries(
  client: Client,
  subscriptionId: string,
  filter: OrderFilter,
  position: string | undefined,
  signal: AbortSignal,
): Promise<OrderSummaryPage> {
  const path = dataBoxPath(
    `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.DataBox/orderSummaries`,
    { ...filter, $top: String(PAGE_SIZE), $skipToken: position },
  );
  return client.read(path, orderSummaryPage, { signal });
}

/** Orders of every customer, for operators. */
export function readAllOrderSummaries(
  client: Client,
  filter: OrderFilter,
  position: string | undefined,
  signal: AbortSignal,
): Promise<OrderSummaryPage> {
  const path = operatorPath("/orderSummaries", {
    ...filter,
    $top: String(PAGE_SIZE),
    $skipToken: position,
  });
  return client.read(path, orderSummaryPage, { signal });
}
