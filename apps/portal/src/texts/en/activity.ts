import { type AuditAction, VERSION } from "@databox-cmk/protocol";

import type { ActivityKind, ActivitySpan } from "../../core/activity-search.ts";

/** Facts of the letter in an auditor's archive. */
type CoverLetter = {
  readonly order: string;
  readonly madeAt: string;
  /** Its address. */
  readonly service: string;
  readonly rows: number;
  readonly isErased: boolean;
  /** Name of the archive. */
  readonly file: string;
};

export const activity = {
  title: "Activity of this order",
  search: "Filter by person, node, code or id",
  kind: "Kind",
  span: "Time",
  anyTime: "Any",
  spans: { day: "Last 24 hours", week: "Last 7 days", month: "Last 30 days" } satisfies Record<
    ActivitySpan,
    string
  > as Record<ActivitySpan, string>,
  kinds: {
    unlocks: "Unlocks",
    leases: "Leases and re-locks",
    keys: "Keys",
    approvals: "Approvals",
    revocation: "Revocation",
    secrets: "Unlock key shown or exported",
    settings: "Settings",
    order: "Order",
    device: "Devices and journals",
    access: "Access refused",
  } satisfies Record<ActivityKind, string> as Record<ActivityKind, string>,
  outcomes: { granted: "Granted", refused: "Refused", failed: "Failed", done: "Done" },
  columns: {
    when: "When",
    what: "What",
    who: "Who",
    from: "From",
    node: "Node",
    keyVersion: "Key version",
    result: "Result",
  },
  details: "Details",
  detailsOf: (what: string, sequence: number) => `Details of row ${sequence}: ${what}`,
  shown: (count: number) => (count === 1 ? "1 event" : `${count} events`),
  empty: "Nothing has happened yet",
  noneFound: "No events match the filters",
  older: "There are older events on the next page.",
  export: "Export",
  exporting: "Exporting …",
  exportLines: "JSON lines",
  exportLinesHint: "The whole chain, for audit verify",
  exportCsv: "CSV",
  exportCsvHint: "The filtered events, for a spreadsheet",
  evidence: "Save for an auditor",
  coverLetter: ({ order, madeAt, service, rows, isErased, file }: CoverLetter) =>
    `Evidence of the order ${order}

Made at ${madeAt} by ${service}.

activity.jsonl      The activity log, with ${rows} rows. Each row has the hash of the row before.
activity-head.jws   The end of the activity log, signed by the service.
${isErased ? "certificate.jws     The certificate of erasure, signed by the service and by each node.\n" : ""}keys.json           The public keys of the service.

Verify all of it on any machine, without the service and without a network:

  npx --yes --package ./databox-cmk-verify-${VERSION}.tgz databox-verify ${file}

The operator of the service has this program, and it can be built from the source code
(npm run verifier). These options compare the files with facts that you have from elsewhere:

  --keys keys.json              the keys of the service, as you saved them before
  --device SERIAL=THUMBPRINT    the key of an appliance, as the appliance itself shows it
  --noted noted.jsonl           the output of databox-verify --json at an earlier time
  --vault-log vault-log.json    the log of your key vault
`,
  node: (serial: string) => `Node ${serial}`,
  service: "The service",
  stranger: "Unknown sender",
  code: "Code",
  reason: "Reason",
  objectId: "Object ID",
  correlationId: "Correlation ID",
  vaultRequestId: "Request ID of the vault",
  chained: (sequence: number) => `Hash of row ${sequence}`,
  course: "Steps taken",
  recorded: "Recorded details",
  step: "Step",
  after: "After",
  took: "Duration",
  claims: "Offline activity reported by the node",
  facts: "Facts",
  actions: {
    unlock: "Unlock",
    "offline-unlock": "Unlock without network",
    receipt: "Node reported the unlock",
    enrol: "Node enrolled",
    journal: "Journal of the node",
    renew: "Lease renewed",
    watch: "Wait for notifications",
    "lease-receipt": "Node reported its lock",
    "lease/drilled": "Node answered the drill",
    "lease/relocked": "Node re-locked",
    relock: "Re-lock ordered",
    rekey: "Node re-keyed",
    "rekey/propose": "Re-key proposed",
    "erasure/permit": "Erasure of the node permitted",
    erasure: "Node erased",
    "broker-keys": "Node requested the service's keys",
    "device-message": "Device message",
    "order/create": "Order placed",
    "order/update": "Order changed",
    "order/cancel": "Order canceled",
    "order/delete": "Order deleted",
    "order/prepare": "Appliance prepared",
    "order/renewEnrolmentCodes": "New enrolment codes",
    "order/replaceDevice": "Device replaced",
    "order/dispatch": "Appliance dispatched",
    "order/deliver": "Appliance delivered",
    "order/pickUp": "Appliance picked up",
    "order/bookShipmentPickUp": "Pick-up booked",
    "order/markDevicesShipped": "Return shipment recorded",
    "order/receive": "Appliance received",
    "order/startCopy": "Data copy started",
    "order/haltCopy": "Data copy halted",
    "order/complete": "Order completed",
    "order/fail": "Order failed",
    "order/erase": "Appliance erased",
    "order/mitigate": "Error resolved",
    "order/listCredentials": "Unlock key shown",
    "order/exportEnvelopes": "Envelopes exported",
    "order/revoke": "Revoked now",
    "order/restoreAccess": "Access restored",
    "order/revocationDrill": "Revocation drill started",
    "order/breakGlass": "Emergency access opened",
    "key/change": "Key changed",
    "key/destroy": "Wrappings destroyed",
    "envelope/restore": "Envelope restored from the appliance",
    "key/health": "Key health changed",
    "key/uses": "Calls of the key vault in a day",
    "backupKey/put": "Backup key added",
    "backupKey/delete": "Backup key removed",
    "backupKey/use": "Backup key used",
    "backupKey/order": "Backup key activated",
    "backupKey/withdrawOrder": "Backup key deactivated",
    "approval/request": "Approval requested",
    "approval/approve": "Approved",
    "approval/reject": "Rejected",
    "approval/end": "Approval ended",
    "policy/override": "Override of the unlock policy begun",
    "policy/write": "Unlock policy changed",
    "custodyPolicy/write": "Custody policy changed",
    "unlockBudget/set": "Unlock budget set",
    "unlockBudget/remove": "Unlock budget removed",
    "caller/authorise": "Caller refused",
    "strangers/turned-away": "Unauthenticated messages turned away",
    "portal/forward": "Portal request",
    "portal/sign-in": "Signed in to the portal",
    "portal/sign-out": "Signed out of the portal",
    "database/restored": "The database was found to be restored",
    "database/confirmRestore": "A restore was confirmed",
    "campaign/start": "Campaign started",
    "campaign/pause": "Campaign paused",
    "campaign/resume": "Campaign resumed",
    "campaign/cancel": "Campaign canceled",
    "campaign/finish": "Campaign finished",
  } satisfies Record<AuditAction, string> as Record<AuditAction, string>,
};
