import { namesOf, withoutUndefined } from "@databox-cmk/errors";
import {
  ACTIVITY_OUTCOMES,
  type ActivityFilter,
  type AuditAction,
  type AuditFamily,
} from "@databox-cmk/protocol";

/** Kinds of events for the filter, and the actions or families of actions that each one means. */
const KIND_ACTIONS = {
  unlocks: ["unlock", "offline-unlock", "receipt"],
  leases: ["renew", "watch", "lease", "lease-receipt", "relock"],
  keys: ["key", "envelope", "rekey", "backupKey", "campaign"],
  approvals: ["approval", "order/breakGlass"],
  revocation: ["order/revoke", "order/restoreAccess", "order/revocationDrill"],
  secrets: ["order/listCredentials", "order/exportEnvelopes"],
  settings: ["policy", "custodyPolicy", "unlockBudget", "order/update"],
  order: ["order"],
  device: ["enrol", "journal", "device-message", "broker-keys", "erasure"],
  access: ["caller", "strangers", "portal", "database", "tenant"],
} as const satisfies Record<string, readonly (AuditAction | AuditFamily)[]>;
export type ActivityKind = keyof typeof KIND_ACTIONS;
export const ACTIVITY_KINDS = namesOf(KIND_ACTIONS);

const HOUR_MS = 3_600_000;
const SPAN_MS = {
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 30 * 24 * HOUR_MS,
} as const;
export type ActivitySpan = keyof typeof SPAN_MS;
const ACTIVITY_SPANS = namesOf(SPAN_MS);

/**
 * The parameters of the activity's address, so that a filtered list can be sent to another person.
 */
export type ActivitySearch = {
  readonly kind?: ActivityKind;
  readonly outcome?: (typeof ACTIVITY_OUTCOMES)[number];
  readonly span?: ActivitySpan;
  readonly search?: string;
};

const SEARCH_MAX_CHARACTERS = 128;

/** Unknown parameters are ignored: an invisible filter would hide events. */
export function parseActivitySearch(given: Record<string, unknown>): ActivitySearch {
  const kind = ACTIVITY_KINDS.find((name) => name === given["kind"]);
  const outcome = ACTIVITY_OUTCOMES.find((name) => name === given["outcome"]);
  const span = ACTIVITY_SPANS.find((name) => name === given["span"]);
  // The router parses a parameter of digits as a number.
  const text = typeof given["search"] === "number" ? String(given["search"]) : given["search"];
  const search =
    typeof text === "string" && text !== "" ? text.slice(0, SEARCH_MAX_CHARACTERS) : undefined;
  return withoutUndefined({ kind, outcome, span, search });
}

/** The filter in the broker's form. */
export function activityFilterOf(
  { kind, outcome, span, search }: ActivitySearch,
  nowMs: number,
): ActivityFilter {
  return {
    newestFirst: "true",
    action: kind && KIND_ACTIONS[kind].join(","),
    outcome,
    from: span && new Date(nowMs - SPAN_MS[span]).toISOString(),
    search,
  };
}
