import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { identifier } from "../identifiers.ts";
import { orderResourceId, page, requiredText } from "./fields.ts";
import { cloudError } from "./job-view.ts";
import { keyEncryptionKey } from "./key-encryption-key.ts";
import { PATHS } from "./paths.ts";

export const CAMPAIGN_MAX_LISTED_ORDERS = 20_000;

/**
 * Selects the orders that match all given filters. Ended orders are omitted, unless they are
 * listed.
 */
const selector = z.strictObject({
  subscriptionId: z.optional(identifier("subscriptionId")),
  resourceGroup: z.optional(identifier("resourceGroup")),
  /** Their present key, with or without its version. */
  keyUrl: z.optional(requiredText(2048)),
  orders: z.optional(
    z.array(orderResourceId).check(z.minLength(1), z.maxLength(CAMPAIGN_MAX_LISTED_ORDERS)),
  ),
});

const action = z.discriminatedUnion("kind", [
  /** To the newest version of each order's key. */
  z.strictObject({ kind: z.literal("rotate") }),
  /** To another key, vault or identity. */
  z.strictObject({
    kind: z.literal("move"),
    to: z.omit(keyEncryptionKey, { kekType: true }),
  }),
]);

/** An action as it is read. */
const actionView = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("rotate") }),
  z.object({
    kind: z.literal("move"),
    to: z.object({
      kekUrl: z.optional(z.string()),
      kekVaultResourceID: z.optional(z.string()),
      identityProperties: z.optional(
        z.object({
          type: z.optional(z.enum(["SystemAssigned", "UserAssigned"])),
          userAssigned: z.optional(z.object({ resourceId: z.optional(z.string()) })),
        }),
      ),
    }),
  }),
]);

export const campaignRequest = z.strictObject({
  action,
  selector,
  description: z.optional(requiredText(256)),
  /** Does everything but the commit, and reports which orders would fail and why. */
  dryRun: z.optional(z.boolean()),
});
export type CampaignRequest = z.infer<typeof campaignRequest>;

export const CAMPAIGN_STATES = ["Running", "Paused", "Cancelled", "Done"] as const;

const count = z.number();
/** The current state of a campaign. */
export const campaignView = z.object({
  id: z.string(),
  action: actionView,
  selector: z.object({ ...selector.shape, orders: z.optional(count) }),
  description: z.optional(z.string()),
  dryRun: z.boolean(),
  /** `automatic`: the broker itself follows a key without version. */
  origin: z.enum(["operator", "automatic"]),
  state: z.enum(CAMPAIGN_STATES),
  createdAt: z.string(),
  createdBy: z.string(),
  changedAt: z.string(),
  finishedAt: z.optional(z.string()),
  progress: z.object({
    total: count,
    done: count,
    failed: count,
    waiting: count,
    failedByCode: z.array(z.object({ code: z.string(), count, message: z.string() })),
  }),
  /** From the last minute; absent while it is unknown. */
  estimate: z.optional(z.object({ ordersPerSecond: z.number(), secondsLeft: z.number() })),
});
export type CampaignView = z.infer<typeof campaignView>;

export const campaignList = page(campaignView);
export type CampaignList = z.infer<typeof campaignList>;

export const CAMPAIGN_ORDER_STATES = ["Waiting", "Done", "Failed"] as const;

/** The result for each order. */
export const campaignOrderList = page(
  z.object({
    order: z.string(),
    state: z.enum(CAMPAIGN_ORDER_STATES),
    attempts: count,
    finishedAt: z.optional(z.string()),
    /** The reason of a failure, or of a retry. */
    error: z.optional(cloudError),
  }),
);
export type CampaignOrderList = z.infer<typeof campaignOrderList>;

const CAMPAIGNS = `${PATHS.operator}/campaigns` as const;
const CAMPAIGN = `${CAMPAIGNS}/:campaignId` as const;

export const CAMPAIGN_CALLS = {
  start: { at: ["POST", CAMPAIGNS], body: campaignRequest, answers: { 201: campaignView } },
  list: { at: ["GET", CAMPAIGNS], query: ["$skipToken"], answers: { 200: campaignList } },
  read: { at: ["GET", CAMPAIGN], answers: { 200: campaignView } },
  listOrders: {
    at: ["GET", `${CAMPAIGN}/orders`],
    query: ["$skipToken", "state"],
    answers: { 200: campaignOrderList },
  },
  pause: { at: ["POST", `${CAMPAIGN}/pause`], answers: { 200: campaignView } },
  resume: { at: ["POST", `${CAMPAIGN}/resume`], answers: { 200: campaignView } },
  cancel: { at: ["POST", `${CAMPAIGN}/cancel`], answers: { 200: campaignView } },
} as const satisfies Calls;
