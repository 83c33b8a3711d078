import { namesOf } from "@databox-cmk/errors";

import { describeDuration } from "./describe-duration.ts";

/** What a command tells beside its outcome, and the words for it at a terminal. */
const WORDS = {
  order: "Order",
  broker: "Broker",
  otherBrokers: "Other addresses of the broker",
  brokerAddresses: "Addresses of the broker, when they were tried last",
  deviceKey: "Device key",
  volumePath: "Volume",
  envelope: "Envelope",
  custody: "Custody",
  share: "Share of this node",
  shareCopiedFor: "Share copied for",
  shareCopyHash: "SHA-256 of the copy",
  rekey: "Re-key, last step",
  erasure: "Erasure, last step",
  since: "Since",
  counter: "Signed messages",
  preparedToShip: "Prepared to ship",
  openedBy: "Opened by",
  lease: "Lease",
  leaseSequence: "Renewals of the lease",
  secondsSinceAnswer: "Last answer of the broker",
  closesWithoutAnswer: "Closes without an answer",
  graceLeftSeconds: "Stays open without an answer",
  undeliveredReceipts: "Reports to deliver",
  undeliveredJournalRows: "Journal rows to deliver",
  rows: "Rows",
  head: "Hash of the last row",
  countersignedRows: "Rows that the broker countersigned",
  countersignedAt: "Countersigned at",
  undeliveredRows: "Rows to deliver",
  countersignature: "Countersignature",
  uiPort: "Port of the local web UI",
  uiCertificate: "Certificate of the local web UI, SHA-256",
} as const;

type DetailName = keyof typeof WORDS;
/** Under these names in JSON, where a script finds them. */
export type EventDetails = { readonly [Name in DetailName]?: string | number | boolean };

/** One line each, in the order of the table. */
export function renderDetails(details: EventDetails): readonly string[] {
  return namesOf(WORDS).flatMap((name) => {
    const value = details[name];
    return value === undefined ? [] : [`  ${WORDS[name]}: ${inWords(name, value)}`];
  });
}

function inWords(name: DetailName, value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (name === "secondsSinceAnswer") return `${describeDuration(Number(value))} ago`;
  if (name === "graceLeftSeconds") return describeDuration(Number(value));
  return String(value);
}
