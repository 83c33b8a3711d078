export const keyHealth = {
  state: "State",
  checked: "Vault last asked",
  checkNow: "Check now",
  checking: "Checking …",
  checkedAgo: "Checked",
  notChecked: "Not checked yet.",
  checkedEvery: (interval: string) =>
    `Checked about every ${interval}, whenever the key is used, and when Azure reports a change.`,
  changed: "In this state since",
  expectedEnd: "Needed until about",
  notBefore: "Valid from",
  expires: "Expires",
  neverExpires: "Never",
  datesHidden: "The vault does not tell it to you: ask for the right to list its keys.",
  recoverable: "Keeps deleted keys",
  days: (days: number) => `${days} days`,
  keyVersion: "Key version",
  nextStep: "Next step",
  inconclusiveTitle: "The vault did not answer the last look",
  inconclusive: (code: string) => `${code}. What was known before still stands. Since`,
  risks: {
    "expires-before-order-end": "The key expires before the order ends",
    "expires-soon": "The key expires soon",
    "purge-protection": "The vault has no purge protection",
    "soft-delete": "The vault has no soft delete",
  } as Record<string, string>,
  versionsTitle: "Key versions in use",
  noVersions: "This order hangs on no key version yet.",
  devices: (acknowledged: number, total: number) =>
    `${acknowledged} of ${total} nodes hold the newest envelope.`,
  safe: "Safe to disable?",
  isSafe: "Yes",
  isNeeded: "No, in use",
  why: "Why",
  envelopes: "Envelopes",
  liveLeases: "Open nodes",
  lastUsed: "Last unlock",
  never: "Never",
  revocationTitle: "Revocation",
  revokeHint:
    "Revoke now closes open volumes and refuses unlocks within seconds, whatever the vault says.",
  noneStands: "Nothing is revoked.",
  revoked: (scope: "node" | "order" | "subscription" | "fleet", serial: string | undefined) =>
    ({
      node: `Node ${serial ?? ""} is revoked`,
      order: "This order is revoked",
      subscription: "All orders of this subscription are revoked",
      fleet: "All appliances of the service are revoked",
    })[scope],
  origins: { customer: "your side", operator: "the operator of the service" },
  revokedBy: (who: string) => `By ${who},`,
  operatorLifts: "Only the operator of the service can lift this.",
  restore: "Restore access",
  restoring: "Restoring …",
  restored: "Access is restored. Each node unlocks anew, and is checked again.",
  revoke: "Revoke now",
  revokeTitle: "Revoke access to the data now?",
  revokeWarning:
    "Open volumes are closed within seconds and whoever works on them is cut off. No unlock succeeds until access is restored. The data stays as it is.",
  leasesEnded: (leases: number) =>
    leases === 0
      ? "Revoked. No node was open."
      : `Revoked. ${leases === 1 ? "1 open node is" : `${leases} open nodes are`} being closed.`,
  drillTitle: "Revocation drill",
  drillHint:
    "Asks every open node to answer as if it were revoked, and measures how long that takes. Volumes stay open.",
  startDrill: "Start a drill",
  nobodyToAsk: "No node is open now: there is nobody to ask. Unlock one first.",
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
