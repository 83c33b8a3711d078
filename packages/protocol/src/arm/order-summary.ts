import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { deviceKeyGrade } from "../device/fields.ts";
import { STAGE_NAMES, STAGE_STATUSES } from "./job-view.ts";
import { KEK_TYPES } from "./key-encryption-key.ts";
import { PATHS } from "./paths.ts";
import { NO_VERDICT, UNLOCK_STATES, verdictSummary, verdictView } from "./verdict-view.ts";

/**
 * Whether a node is open, as far as the broker knows: `unlocked` within its lease, `grace` while it
 * gets no answer and may stay open for its outage grace, `revoked` while an active kill switch
 * covers it.
 */
export const LOCK_STATES = ["notPrepared", "locked", "unlocked", "grace", "revoked"] as const;
export const KEY_HEALTH_STATES = [
  "Healthy",
  "AtRisk",
  "Unusable",
  "Unknown",
  "NotWatched",
] as const;

export type LockState = (typeof LOCK_STATES)[number];
export type KeyHealthState = (typeof KEY_HEALTH_STATES)[number];

const lockState = z.enum(LOCK_STATES);

/**
 * Our extension: the columns that people search for in a list of orders; Azure's own list has none
 * of them.
 */
export const orderSummary = z.object({
  id: z.string(),
  name: z.string(),
  /** For operators: the company of the shipping address, until the order's details are deleted. */
  customer: z.optional(z.string()),
  resourceGroup: z.string(),
  location: z.string(),
  sku: z.string(),
  transferType: z.string(),
  stage: z.enum(STAGE_NAMES),
  stageStatus: z.enum(STAGE_STATUSES),
  createdAt: z.string(),
  encryption: z.object({
    kekType: z.enum(KEK_TYPES),
    kekUrl: z.optional(z.string()),
    identityType: z.optional(z.string()),
  }),
  keyHealth: z.object({
    state: z.enum(KEY_HEALTH_STATES),
    code: z.optional(z.string()),
    /** When the first of the risks will occur. */
    riskAt: z.optional(z.string()),
  }),
  nodes: z.array(z.object({ serial: z.string(), lock: lockState, since: z.optional(z.string()) })),
  unlock: z.prefault(verdictSummary, NO_VERDICT),
});
export type OrderSummary = z.infer<typeof orderSummary>;

/** A page may hold fewer orders than requested without being the last. */
export const orderSummaryPage = z.object({
  value: z.array(orderSummary),
  nextLink: z.optional(z.string()),
  /** For the first page of the whole list, without a filter. */
  total: z.optional(z.number()),
});
export type OrderSummaryPage = z.infer<typeof orderSummaryPage>;

/** Part of an order's name or of a serial number; nothing else can be found. */
export const ORDER_SEARCH = /^[\w.-]{1,64}$/;

export const orderSummaryFilter = z.strictObject({
  search: z.optional(z.string().check(z.regex(ORDER_SEARCH))),
  stage: z.optional(z.enum(STAGE_NAMES)),
  stageStatus: z.optional(z.enum(STAGE_STATUSES)),
  encryption: z.optional(z.enum(KEK_TYPES)),
  health: z.optional(z.enum(KEY_HEALTH_STATES)),
  lock: z.optional(lockState),
  unlock: z.optional(z.enum(UNLOCK_STATES)),
});
export type OrderSummaryFilter = z.infer<typeof orderSummaryFilter>;

/** Our extension: the nodes of one order. */
export const orderNodes = z.object({
  value: z.array(
    z.object({
      serial: z.string(),
      ordinal: z.number(),
      enrolled: z.boolean(),
      /**
       * The holder of the enrolled device's key, and its thumbprint (RFC 7638), which the appliance
       * shows too. `attested`: proven by a TPM's own signature; everything else is the node's own
       * claim.
       */
      deviceKey: z.optional(
        z.object({
          grade: deviceKeyGrade,
          attested: z.boolean(),
          thumbprint: z.optional(z.string()),
        }),
      ),
      preparedAt: z.optional(z.string()),
      lastSeenAt: z.optional(z.string()),
      lastOutcome: z.optional(z.string()),
      lock: lockState,
      lease: z.optional(
        z.object({
          id: z.string(),
          purpose: z.string(),
          grantedAt: z.string(),
          renewedAt: z.string(),
          ttlSeconds: z.number(),
          outageGraceSeconds: z.number(),
          state: z.string(),
        }),
      ),
      envelope: z.optional(
        z.object({
          env: z.string(),
          generation: z.number(),
          kid: z.string(),
          createdAt: z.string(),
          /** `split`: the broker holds one share, and the node the other. */
          custody: z.optional(z.enum(["escrow", "split"])),
          /** In split custody: thumbprints of the recovery keys to which the share is copied. */
          shareCopiedFor: z.optional(z.array(z.string())),
          /** Highest generation that the node has confirmed, signed. */
          acknowledgedGeneration: z.optional(z.number()),
        }),
      ),
    }),
  ),
  verdict: z.prefault(verdictView, NO_VERDICT),
});
export type OrderNodes = z.infer<typeof orderNodes>;

const summaries = {
  query: ["$skipToken", "$top", ...z.keyof(orderSummaryFilter).options],
  answers: { 200: orderSummaryPage },
} as const;

export const ORDER_SUMMARY_CALLS = {
  ofSubscription: { at: ["GET", `${PATHS.subscription}/orderSummaries`], ...summaries },
  ofEveryCustomer: { at: ["GET", `${PATHS.operator}/orderSummaries`], ...summaries },
} as const satisfies Calls;

export const NODE_CALLS = {
  list: { at: ["GET", `${PATHS.job}/nodes`], answers: { 200: orderNodes } },
} as const satisfies Calls;
