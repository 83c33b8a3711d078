import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { readOnlyMember, requiredText } from "./fields.ts";
import { PATHS } from "./paths.ts";

/** Longest outage grace that a lease carries, in seconds: 366 days. */
export const OUTAGE_GRACE_MAX_SECONDS = 366 * 86_400;

/** Bounds of a lease's time to live, in seconds: of a policy, and of the broker's setting. */
export const LEASE_TTL_SECONDS = { least: 10, most: 3600 } as const;

/** Bounds of the terms of a policy, for its schema and for forms. */
export const POLICY_BOUNDS = {
  approvals: { least: 0, most: 5 },
  approvalSeconds: { least: 60, most: 7 * 86_400 },
  offlineSeconds: { least: 300, most: 30 * 86_400 },
  offlineBoots: { least: 1, most: 20 },
} as const;

const OUTAGE_GRACE = /^(?:none|PT15M|P1D|untilReboot|PT[1-9]\d{0,7}S)$/;
const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const TIME_ZONE = /^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WEEK_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
export type WeekDay = (typeof WEEK_DAYS)[number];

const within = ({ least, most }: { readonly least: number; readonly most: number }) =>
  z.int().check(z.gte(least), z.lte(most));
const timeOfDay = z.string().check(z.regex(TIME_OF_DAY, "expected HH:MM, 00:00 to 23:59"));
const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/**
 * Open from `from` (included) to `to` (excluded); a window whose end is not after its start ends on
 * the next day.
 */
const releaseWindow = z.strictObject({
  days: z
    .array(z.enum(WEEK_DAYS))
    .check(z.minLength(1), z.maxLength(7), z.refine(distinct, "a day is named twice")),
  from: timeOfDay,
  to: timeOfDay,
  timeZone: z
    .string()
    .check(
      z.maxLength(64),
      z.refine(isTimeZone, "expected a time zone of IANA's, such as Europe/Berlin"),
    ),
});
export type ReleaseWindow = z.infer<typeof releaseWindow>;

const windows = z.array(releaseWindow).check(z.maxLength(21));

const approvals = z
  .strictObject({
    /** The number of required approvals; 0: none. */
    required: within(POLICY_BOUNDS.approvals),
    /**
     * Object ids of the people who may approve, if they have the action; empty: everyone who has
     * it.
     */
    approvers: z
      .array(z.string().check(z.regex(GUID, "expected an object id, a GUID in lower case")))
      .check(z.maxLength(20), z.refine(distinct, "an approver is named twice")),
    /** A request that is not decided by then has to be made again. */
    expiresAfterSeconds: within(POLICY_BOUNDS.approvalSeconds),
  })
  .check(
    z.refine(({ required, approvers }) => approvers.length === 0 || required <= approvers.length, {
      error: "more than the approvers that are named",
      path: ["required"],
    }),
  );

/**
 * The custody of the unlock key. `escrow`: the broker can open the appliance, too, and show the
 * passkey. `split`: only the appliance can, with a share of the broker's, from its preparation or
 * its next re-key on; there is no way back. Missing in a write: as it is.
 */
export const custody = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("escrow") }),
  z.strictObject({
    kind: z.literal("split"),
    /** Dispatch an appliance without a copy of its own share. */
    acceptNoRecovery: z.boolean(),
  }),
]);
export type Custody = z.infer<typeof custody>;

/** An address or a network in CIDR notation. A network of all addresses would exclude no sender. */
export const senderNetwork = z
  .union(
    [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
    "expected an address or a network, such as 203.0.113.0/24",
  )
  .check(z.refine((text) => !text.endsWith("/0"), "a network of all addresses"));

/** The number of networks that one purpose may name. */
export const SENDER_NETWORKS_MAX = 20;

/** Terms of the datacenter, in place of `release`. */
const purposeTerms = z.strictObject({
  /** Networks from which the appliance may ask; empty: from anywhere. */
  networks: z
    .array(senderNetwork)
    .check(z.maxLength(SENDER_NETWORKS_MAX), z.refine(distinct, "a network is named twice")),
  windows,
  approvals,
});
export type PurposeTerms = z.infer<typeof purposeTerms>;

const members = {
  /**
   * How long an open volume stays open without an answer of the broker; a signed refusal always
   * closes it.
   */
  outageGrace: z
    .string()
    .check(z.regex(OUTAGE_GRACE, "expected none, PT15M, P1D, untilReboot or PT{seconds}S")),
  leaseTtlSeconds: within(LEASE_TTL_SECONDS),
  /** Unlocks without network, by challenge and answer. */
  offline: z.strictObject({
    allowed: z.boolean(),
    lease: z.discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("duration"),
        seconds: within(POLICY_BOUNDS.offlineSeconds),
      }),
      z.strictObject({ kind: z.literal("boots"), boots: within(POLICY_BOUNDS.offlineBoots) }),
    ]),
  }),
  release: z.strictObject({
    /** When keys are released; empty: at any time. */
    windows,
    approvals,
    /**
     * Whether an authorised person may release one unlock without regard to windows and approvals.
     */
    breakGlass: z.boolean(),
  }),
  /**
   * Terms of their own for reading an import and for filling an export; a purpose without them has
   * those of `release`. Missing in a write: as they are.
   */
  purposes: z.optional(
    z.strictObject({ ingest: z.optional(purposeTerms), fill: z.optional(purposeTerms) }),
  ),
  custody: z.optional(custody),
  /**
   * Whether each unlock reads the key again, so that a shortened validity works at the next one.
   * Otherwise, a read of the last seconds will do. Missing in a write: as it is.
   */
  freshKey: z.optional(z.boolean()),
};

/** Our extension: the conditions under which an order's appliances get their key. */
export const unlockPolicy = z.strictObject(members);
export type UnlockPolicy = z.infer<typeof unlockPolicy>;

/** Written whole: a missing member is an error, so that an omission never loosens the policy. */
export const unlockPolicyWrite = z.strictObject({
  ...members,
  /** Names approvers too of whom the broker cannot see that they may approve. */
  acceptUnknownApprovers: z.optional(z.boolean()),
  source: readOnlyMember,
  changedAt: readOnlyMember,
  changedBy: readOnlyMember,
});
export type UnlockPolicyWrite = z.infer<typeof unlockPolicyWrite>;

/** A policy that an Owner puts in force without approvals, after a delay. */
export const policyOverride = z.strictObject({
  reason: requiredText(1024),
  policy: unlockPolicyWrite,
});
/** From `effectiveAt` to `expiresAt` the same policy can be written, unless it was rejected. */
export const policyOverrideView = z.object({
  approvalId: z.string(),
  effectiveAt: z.string(),
  expiresAt: z.string(),
});

/**
 * The current policy. `source`: the broker's settings, while the order has no policy of its own.
 * Strict, unlike other views: who does not know a condition must not write the policy back.
 */
export const unlockPolicyView = z.strictObject({
  ...members,
  source: z.enum(["default", "order"]),
  changedAt: z.optional(z.string()),
  changedBy: z.optional(z.string()),
});
export type UnlockPolicyView = z.infer<typeof unlockPolicyView>;

function isTimeZone(name: string): boolean {
  if (!TIME_ZONE.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const UNLOCK_POLICY = `${PATHS.job}/unlockPolicy` as const;

export const UNLOCK_POLICY_CALLS = {
  read: { at: ["GET", UNLOCK_POLICY], answers: { 200: unlockPolicyView } },
  write: {
    at: ["PUT", UNLOCK_POLICY],
    headers: ["If-Match"],
    body: unlockPolicyWrite,
    answers: { 200: unlockPolicyView },
  },
  override: {
    at: ["POST", `${UNLOCK_POLICY}/override`],
    body: policyOverride,
    answers: { 202: policyOverrideView },
  },
} as const satisfies Calls;
