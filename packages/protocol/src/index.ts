export * from "./device/fields.ts";
export * from "./device/message-types.ts";
export * from "./device/challenge.ts";
export * from "./device/enrolment.ts";
export * from "./device/unlock.ts";
export * from "./device/receipt.ts";
export * from "./device/lease.ts";
export * from "./device/rekey.ts";
export * from "./device/siblings.ts";
export * from "./device/sanitisation.ts";
export * from "./device/split-custody.ts";
export * from "./device/journal.ts";
export * from "./device/broker-keys.ts";
export { VERSION } from "./version.ts";
export { parseWith, type Parsed } from "./parse.ts";
export * from "./arm/activity.ts";
export * from "./arm/api-versions.ts";
export * from "./arm/campaign.ts";
export * from "./arm/backup-keys.ts";
export * from "./arm/approvals.ts";
export * from "./arm/contact.ts";
export * from "./arm/data-accounts.ts";
export * from "./arm/diagnostics-view.ts";
export {
  asciiLowerCase,
  describeIdentifier,
  identifier,
  type IdentifierKind,
  IDENTIFIERS,
  isIdentifier,
  isSameIdentifier,
  patternOf,
  resourceIdPattern,
} from "./identifiers.ts";
export * from "./arm/custody-policy.ts";
export * from "./arm/daily-figures.ts";
export * from "./arm/fleet-view.ts";
export * from "./arm/identity.ts";
export * from "./arm/job-actions.ts";
export * from "./arm/job-view.ts";
export * from "./arm/job-write.ts";
export * from "./arm/key-encryption-key.ts";
export * from "./arm/key-health-view.ts";
export * from "./arm/offline-unlock.ts";
export * from "./arm/key-versions-view.ts";
export * from "./arm/erasure-certificate.ts";
export * from "./arm/operator-order.ts";
export * from "./arm/order-summary.ts";
export * from "./arm/preferences.ts";
export * from "./arm/revocation.ts";
export * from "./arm/secrets-view.ts";
export * from "./arm/service-requests.ts";
export * from "./arm/service-views.ts";
export * from "./arm/unlock-policy.ts";
export { withoutNulls } from "./arm/without-nulls.ts";
export * from "./local/local-fields.ts";
export * from "./local/local-requests.ts";
export * from "./local/local-state.ts";
export * from "./local/local-views.ts";
export * from "./portal/notices.ts";
