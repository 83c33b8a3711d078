import type { KeyVersionsView } from "@databox-cmk/protocol";

export const keyHealth = {
  state: "State",
  checked: "Last checked",
  checkNow: "Check now",
  checking: "Checking …",
  checkedAgo: "Checked",
  notChecked: "Not checked yet.",
  checkedEvery: (interval: string) =>
    `Checked about every ${interval}, whenever the key is used, and when Azure reports a change.`,
  changed: "Since",
  expectedEnd: "Needed until (estimate)",
  notBefore: "Valid from",
  expires: "Expires",
  neverExpires: "Never",
  datesHidden: "You don't have permission to see this. Ask for “List” on the vault's keys.",
  recoverable: "Keeps deleted keys for",
  days: (days: number) => `${days} days`,
  keyVersion: "Key version",
  nextStep: "Next step",
  inconclusiveTitle: "The vault did not answer the last check",
  inconclusive: (code: string) => `${code}. The last known result still applies. Since`,
  risks: {
    "expires-before-order-end": "The key expires before the order ends",
    "expires-soon": "The key expires soon",
    "newest-version": "The newest version of the key cannot be used",
    "purge-protection": "The vault has no purge protection",
    "soft-delete": "The vault has no soft delete",
  } as Record<string, string>,
  /** The date follows a risk that has one. */
  riskMeanings: {
    "expires-before-order-end": "The key is valid until",
    "expires-soon": "The key is valid until",
    "newest-version": "The current version stays in use until the newest one can be used.",
    "purge-protection": "A deleted key can be destroyed permanently at once.",
    "soft-delete": "A deleted key cannot be recovered.",
  } as Record<string, string>,
  versionsTitle: "Key versions in use",
  noVersions: "This order doesn't use a key version yet.",
  devices: (acknowledged: number, total: number) =>
    `${acknowledged} of ${total} nodes hold the newest envelope.`,
  safe: "Safe to disable?",
  isSafe: "Yes",
  isNeeded: "No, in use",
  why: "Why",
  versionReason: ({ reason }: KeyVersionsView["value"][number]) => reason,
  envelopes: "Envelopes",
  liveLeases: "Open nodes",
  lastUsed: "Last unlock",
  never: "Never",
  revocationTitle: "Revocation",
  revokeHint:
    "“Revoke now” closes open volumes and refuses unlocks within seconds, independently of the vault.",
  noneStands: "Nothing is revoked.",
  revoked: (scope: "node" | "order" | "subscription" | "fleet", serial: string | undefined) =>
    ({
      node: `Node ${serial ?? ""} is revoked`,
      order: "This order is revoked",
      subscription: "All orders of this subscription are revoked",
      fleet: "All appliances of the service are revoked",
    })[scope],
  origins: { customer: "your organization", operator: "the operator of the service" },
  revokedBy: (who: string) => `By ${who},`,
  operatorLifts: "Only the operator of the service can turn this off.",
  restore: "Restore access",
  restoring: "Restoring …",
  restored: "Access is restored. Each node must unlock again, and is checked again.",
  revoke: "Revoke now",
  revokeTitle: "Revoke access to the data now?",
  revokeWarning:
    "Open volumes are closed within seconds, and anyone working on them is disconnected. No unlock succeeds until access is restored. The data is not changed.",
  leasesEnded: (leases: number) =>
    leases === 0
      ? "Revoked. No node was open."
      : `Revoked. ${leases === 1 ? "1 open node is" : `${leases} open nodes are`} being closed.`,
  drillTitle: "Revocation drill",
  drillHint:
    "Asks every open node to respond as if it were revoked, and measures how long that takes. Volumes stay open.",
  startDrill: "Start a drill",
  nobodyToAsk: "No node is open now. Unlock one first.",
  lastDrill: "Last drill:",
  answeredOf: (answered: number, asked: number) => `${answered} of ${asked} answered.`,
  spread: (fastest: number, slowest: number) =>
    fastest === slowest
      ? `After ${fastest} ms.`
      : `The fastest after ${fastest} ms, the slowest after ${slowest} ms.`,
  node: "Node",
  answeredAfter: "Answered after",
  notAnswered: "No answer yet",
  milliseconds: (milliseconds: number) => `${milliseconds} ms`,
};
