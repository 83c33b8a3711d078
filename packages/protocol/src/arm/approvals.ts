import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { identifier } from "../identifiers.ts";
import { page, requiredText } from "./fields.ts";
import { PATHS } from "./paths.ts";

const reason = requiredText(1024);

export const approvalDecision = z.strictObject({ reason });
export const breakGlassRequest = z.strictObject({
  reason,
  /** One node of the order; any of them when it is absent. */
  serial: z.optional(identifier("serial")),
});
/** Good for one release until then. */
export const breakGlassResult = z.object({
  id: z.string(),
  expiresAt: z.string(),
  serial: z.optional(z.string()),
});

/** Our extension: a request for a key that waits, or waited, for people. */
export const approvalView = z.object({
  id: z.string(),
  orderId: z.string(),
  orderName: z.string(),
  resourceGroup: z.string(),
  serial: z.string(),
  /**
   * `network`: the appliance asked; `offline`: a person carried its question; `change`: a person
   * wants to loosen what protects the order, and `serial` names what they want to change.
   */
  way: z.enum(["network", "offline", "change"]),
  purpose: z.string(),
  /** The text of the person at the appliance, who is not signed in: a claim, not a fact. */
  reason: z.optional(z.string()),
  place: z.object({
    /** The request's address, as the broker saw it. */
    address: z.string(),
    /** From the order's delivery address. */
    city: z.optional(z.string()),
    country: z.optional(z.string()),
  }),
  agent: z.string(),
  kid: z.string(),
  stage: z.string(),
  /** `approved`: enough people approved, and the appliance has not fetched its key yet. */
  state: z.enum(["waiting", "approved", "released", "rejected", "expired", "void"]),
  voidReason: z.optional(z.enum(["stage", "key", "revoked", "superseded"])),
  required: z.number(),
  requestedAt: z.string(),
  /** Object id of the person who carried the question. */
  requestedBy: z.optional(z.string()),
  /** When the appliance last polled for the answer, which shows whether it still waits. */
  lastAskedAt: z.string(),
  expiresAt: z.string(),
  /** An Owner's override of the policy has it: from then on it needs no approvals. */
  effectiveAt: z.optional(z.string()),
  closedAt: z.optional(z.string()),
  decisions: z.array(
    z.object({
      objectId: z.string(),
      name: z.string(),
      decision: z.enum(["approved", "rejected"]),
      reason: z.string(),
      at: z.string(),
      /** From the present policy. */
      counts: z.boolean(),
    }),
  ),
  /** Whether the caller may approve it now; it is checked again when they do. */
  mayDecide: z.boolean(),
  /**
   * Whether the caller may reject it now: everyone with the right, named or not. An earlier broker
   * does not say it.
   */
  mayReject: z.optional(z.boolean()),
});
export type ApprovalView = z.infer<typeof approvalView>;

/** Newest first. */
export const approvalList = page(approvalView);

const APPROVAL = `${PATHS.job}/approvals/:approvalId` as const;

export const APPROVAL_CALLS = {
  list: {
    at: ["GET", `${PATHS.job}/approvals`],
    query: ["$skipToken"],
    answers: { 200: approvalList },
  },
  listWaiting: { at: ["GET", `${PATHS.subscription}/approvals`], answers: { 200: approvalList } },
  approve: {
    at: ["POST", `${APPROVAL}/approve`],
    body: approvalDecision,
    answers: { 200: approvalView },
  },
  reject: {
    at: ["POST", `${APPROVAL}/reject`],
    body: approvalDecision,
    answers: { 200: approvalView },
  },
  breakGlass: {
    at: ["POST", `${PATHS.job}/breakGlass`],
    body: breakGlassRequest,
    answers: { 200: breakGlassResult },
  },
} as const satisfies Calls;
