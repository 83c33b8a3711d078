import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { asciiLowerCase, identifier } from "../identifiers.ts";
import { orderResourceId, requiredText } from "./fields.ts";
import { PATHS } from "./paths.ts";

const serial = identifier("serial");
const reason = requiredText(1024);

/** Our extension: the whole order, or one node of it. */
export const revokeRequest = z.strictObject({ reason, serial: z.optional(serial) });
/** The leases that were refused in the field at that moment. */
export const revokeResult = z.object({ revokedAt: z.string(), leases: z.number() });

export const restoreAccessRequest = z.strictObject({ serial: z.optional(serial) });
/** How many switches were turned off; zero without one of the caller's kind. */
export const restoreAccessResult = z.object({ restoredAt: z.string(), lifted: z.number() });

/**
 * Operator API: the fleet, the orders of one customer's subscription, one order or one node of it.
 */
export const operatorRevocationScope = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("fleet") }),
  z.strictObject({ kind: z.literal("order"), order: orderResourceId }),
  z.strictObject({ kind: z.literal("node"), order: orderResourceId, serial }),
  z.strictObject({
    kind: z.literal("subscription"),
    subscriptionId: identifier("subscriptionId").check(
      z.refine((id) => id === asciiLowerCase(id), "expected lower case"),
    ),
  }),
]);
export type OperatorRevocationScope = z.infer<typeof operatorRevocationScope>;
export const operatorRevokeRequest = z.strictObject({ reason, scope: operatorRevocationScope });
export const operatorRestoreRequest = z.strictObject({ scope: operatorRevocationScope });

/**
 * Active kill switches, newest first. An order lists those that cover it: its customer's and the
 * operator's.
 */
export const revocationList = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      scope: z.enum(["node", "order", "subscription", "fleet"]),
      orderId: z.optional(z.string()),
      serial: z.optional(z.string()),
      subscriptionId: z.optional(z.string()),
      /** The side that can turn it off. */
      origin: z.enum(["customer", "operator"]),
      reason: z.string(),
      revokedAt: z.string(),
      /** Only operators see the name of an operator's switch. */
      by: z.optional(z.string()),
    }),
  ),
});
export type RevocationList = z.infer<typeof revocationList>;

/** The effects of a kill switch, the loss of the key or an emergency access. */
export const revocationPreview = z.object({
  /** Serial numbers of nodes that are open by a lease, which is refused. */
  closes: z.array(z.string()),
  /** Those that are open, but that no refusal reaches before their time ends. */
  staysOpen: z.optional(z.array(z.string())),
  /** Those of the others that could no longer be unlocked. */
  staysLocked: z.array(z.string()),
  /**
   * Kinds of the groups and number of the programs that the operator configured, and people who
   * chose an e-mail.
   */
  told: z.object({ groups: z.array(z.string()), programs: z.number(), people: z.number() }),
});
export type RevocationPreview = z.infer<typeof revocationPreview>;

export const UNLOCKS_PER_DAY = { least: 1, most: 100_000 } as const;

/** Our extension: maximum number of an order's unlocks in one day (UTC), without preparation. */
export const unlockBudgetWrite = z.strictObject({
  unlocksPerDay: z
    .number()
    .check(z.int(), z.minimum(UNLOCKS_PER_DAY.least), z.maximum(UNLOCKS_PER_DAY.most)),
});
export const unlockBudgetView = z.object({
  /** Absent: no budget. */
  unlocksPerDay: z.optional(z.number()),
  usedToday: z.number(),
  resetsAt: z.string(),
});
export type UnlockBudgetView = z.infer<typeof unlockBudgetView>;

/**
 * One lease of the drill; `elapsedMs` is the time of the real path, from the request to the node's
 * signed receipt.
 */
export const revocationDrillView = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      serial: z.string(),
      startedAt: z.string(),
      answeredAt: z.optional(z.string()),
      elapsedMs: z.optional(z.number()),
    }),
  ),
});
export type RevocationDrillView = z.infer<typeof revocationDrillView>;

const DRILL = `${PATHS.job}/revocationDrill` as const;

/** The order owner's kill switches. */
export const REVOCATION_CALLS = {
  list: { at: ["GET", `${PATHS.job}/revocations`], answers: { 200: revocationList } },
  preview: {
    at: ["GET", `${PATHS.job}/revocations/preview`],
    query: ["of"],
    answers: { 200: revocationPreview },
  },
  revoke: {
    at: ["POST", `${PATHS.job}/revoke`],
    body: revokeRequest,
    answers: { 200: revokeResult },
  },
  restore: {
    at: ["POST", `${PATHS.job}/restoreAccess`],
    body: restoreAccessRequest,
    optional: true,
    answers: { 200: restoreAccessResult },
  },
  startDrill: { at: ["POST", DRILL], answers: { 200: revocationDrillView } },
  readDrill: { at: ["GET", DRILL], answers: { 200: revocationDrillView } },
} as const satisfies Calls;

/** The operator's kill switches. */
export const OPERATOR_REVOCATION_CALLS = {
  list: { at: ["GET", `${PATHS.operator}/revocations`], answers: { 200: revocationList } },
  revoke: {
    at: ["POST", `${PATHS.operator}/revoke`],
    body: operatorRevokeRequest,
    answers: { 200: revokeResult },
  },
  restore: {
    at: ["POST", `${PATHS.operator}/restoreAccess`],
    body: operatorRestoreRequest,
    answers: { 200: restoreAccessResult },
  },
} as const satisfies Calls;

const UNLOCK_BUDGET = `${PATHS.job}/unlockBudget` as const;

export const UNLOCK_BUDGET_CALLS = {
  read: { at: ["GET", UNLOCK_BUDGET], answers: { 200: unlockBudgetView } },
  write: {
    at: ["PUT", UNLOCK_BUDGET],
    body: unlockBudgetWrite,
    answers: { 200: unlockBudgetView },
  },
  remove: { at: ["DELETE", UNLOCK_BUDGET], answers: { 200: undefined, 204: undefined } },
} as const satisfies Calls;
