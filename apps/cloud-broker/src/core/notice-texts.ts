import { EVENT_TYPES, type EventType } from "./cloud-event.ts";
import type { KeyHealth, Risk } from "./key-health.ts";
import german from "./notice-texts-de.json" with { type: "json" };

/** Languages of messages to people. */
export const NOTICE_LANGUAGES = ["en", "de"] as const;
export type NoticeLanguage = (typeof NOTICE_LANGUAGES)[number];
/** @param stored - by this version, or by a later one that has more languages */
export const languageOf = (stored: string): NoticeLanguage => (stored === "de" ? "de" : "en");
/** A text in English, whose German stands in notice-texts-de.json. */
export type NoticeText = keyof typeof german;

export const inLanguage = (text: NoticeText, language: NoticeLanguage): string =>
  language === "de" ? german[text] : text;

/** `{order}`, `{state}` and `{decision}` are filled. */
export const TITLES = {
  [EVENT_TYPES.keyHealthChanged]: "The key of order {order} is {state}",
  [EVENT_TYPES.approvalWaiting]: "An approval of order {order} is waiting",
  [EVENT_TYPES.approvalDecided]: "A request of order {order} was {decision}",
  [EVENT_TYPES.breakGlass]: "Emergency access to order {order} is active",
  [EVENT_TYPES.emergencyUsed]: "Emergency access to order {order} was used",
  [EVENT_TYPES.policyChanged]: "The unlock policy of order {order} has changed",
  [EVENT_TYPES.accessRevoked]: "Unlocking of order {order} was revoked",
  [EVENT_TYPES.drillFinished]: "A revocation drill of order {order} has finished",
  [EVENT_TYPES.campaignFinished]: "A campaign has finished",
} as const satisfies Record<EventType, NoticeText>;

/** Title of the end of a campaign that changed nothing. */
export const DRY_RUN_FINISHED: NoticeText = "A dry run has finished";

/** Title of the begin of an Owner's override, which its receivers can still reject. */
export const OVERRIDE_BEGUN: NoticeText = "An owner overrides the unlock policy of order {order}";

/** Title of a kill switch over a subscription, or over all orders. */
export const MANY_REVOKED: NoticeText = "Unlocking of all orders was revoked";

export const FACT_NAMES = {
  order: "Order",
  subscription: "Subscription",
  node: "Node",
  key: "Key",
  before: "Before",
  now: "Now",
  code: "Code",
  risks: "Risks",
  required: "Approvals needed",
  changed: "Changed",
  effective: "Takes effect",
  expires: "Expires",
  nodes: "Nodes",
  elapsed: "Last answer after",
  orders: "Orders",
  failed: "Failed",
  who: "Who must act",
  nextStep: "Next step",
  time: "Time",
} as const satisfies Record<string, NoticeText>;

export const WHO = {
  "security-administrator": "Security administrator",
  "order-owner": "Order owner",
  "site-operator": "Operator at the appliance",
  "broker-operator": "Operator of the service",
  nobody: "Nobody",
  approvers: "Approvers of the order",
} as const satisfies Record<string, NoticeText>;

export const STATES = {
  unknown: "not checked yet",
  healthy: "healthy",
  "at-risk": "at risk",
  unusable: "unusable",
} as const satisfies Record<KeyHealth["state"], NoticeText>;

export const RISK_TEXTS = {
  "expires-before-order-end": "The key expires before the order ends",
  "expires-soon": "The key expires soon",
  "newest-version": "The newest version of the key cannot be used",
  "soft-delete": "The vault has no soft delete",
  "purge-protection": "The vault has no purge protection",
} as const satisfies Record<Risk["risk"], NoticeText>;

export const DECISIONS = {
  approved: "approved",
  rejected: "rejected",
} as const satisfies Record<string, NoticeText>;

export const OPEN_IN_PORTAL: NoticeText = "Open in the portal";
