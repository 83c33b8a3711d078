import type { ApprovalView } from "@databox-cmk/protocol";

import type { LoosenedKind } from "../../core/read-loosened.ts";

export const approvals = {
  waitingTitle: "Approvals waiting for me",
  noneWaiting: "No approvals waiting",
  noneWaitingHint: "New requests appear here automatically.",
  none: "No unlock of this order has needed approval yet",
  policy: (required: number) =>
    required === 0
      ? "The unlock policy of this order requires no approval."
      : `The unlock policy of this order requires approval by ${required === 1 ? "one person" : `${required} people`} for each unlock.`,
  shown: (count: number) => (count === 1 ? "1 request" : `${count} requests`),
  nodeAsks: (serial: string) => `Node ${serial} requests its key`,
  overrideAsks: "An owner overrides the unlock policy; reject it to stop that",
  effective: "Takes effect",
  changeAsks: "A change to this order needs approval",
  reason: "Reason",
  change: "Change",
  loosens: {
    outageGrace: () => "Another outage grace period",
    lease: () => "Longer leases",
    offline: () => "Unlocks by challenge and answer are allowed",
    offlineLease: () => "Offline unlocks last longer, or are counted differently",
    windows: () => "Other unlock hours",
    approvals: () => "Fewer people must approve",
    approvers: () => "Other approvers",
    changes: () => "Other people decide about changes",
    expiry: () => "Requests expire later",
    breakGlass: () => "Emergency access is allowed",
    unlocksPerDay: (before: string, after: string) =>
      `Maximum unlocks per day: from ${before} to ${after}`,
    noLimit: (before: string) => `No daily limit of unlocks; it was ${before}`,
    backupKey: (name: string) => `New backup key ${name}`,
    serviceKey: () => "Microsoft managed key instead of the customer's",
    vault: (before: string, after: string) =>
      `The key is in another vault: ${after} instead of ${before}`,
    killSwitch: () => "Unlocking is allowed again",
  } satisfies Record<LoosenedKind, (one: string, other: string) => string> as Record<
    LoosenedKind,
    (one: string, other: string) => string
  >,
  noReason: "None given",
  claim:
    "Node, key and address are verified. The reason was typed at the appliance by someone who is not signed in. If in doubt, ask them.",
  node: "Node",
  keyVersion: "Key version",
  purpose: "Purpose",
  purposes: {
    unlock: "Unlock",
    ingest: "Copy at the datacenter",
    fill: "Fill at the datacenter",
    prepare: "Preparation",
    change: "Loosen the order's protection",
  } as Record<string, string>,
  way: "Channel",
  ways: {
    network: "Sent by the node",
    offline: "Carried here by a person",
    change: "Change to the order",
  },
  address: "Source address",
  shippedTo: "Shipped to",
  requested: "Requested",
  lastAsked: "Last requested",
  expires: "Expires",
  decisions: "Decisions",
  count: (given: number, required: number) => `${given} of ${required} approved`,
  said: (name: string, decision: "approved" | "rejected") =>
    decision === "approved" ? `${name} approved,` : `${name} rejected,`,
  countsNoMore: "no longer counts",
  states: {
    waiting: "Waiting",
    approved: "Approved, key not fetched yet",
    released: "Released",
    rejected: "Rejected",
    expired: "Expired",
    void: "Void",
  } satisfies Record<ApprovalView["state"], string> as Record<ApprovalView["state"], string>,
  voidReasons: {
    stage: "the order moved to another stage",
    key: "the key has changed",
    revoked: "unlocking was revoked",
    superseded: "the node sent a newer request",
  },
  approve: "Approve",
  reject: "Reject",
  yourReason: "Your reason",
  dialogs: {
    approve: {
      title: (serial: string) => `Release the key to node ${serial}?`,
      changeTitle: "Approve the change?",
      text: "Your name and your reason are recorded and shown to the other approvers.",
    },
    reject: {
      title: (serial: string) => `Refuse the key to node ${serial}?`,
      changeTitle: "Reject the change?",
      text: "One rejection ends the request permanently. Your name and your reason are recorded and shown where the request was made.",
    },
  },
  breakGlass: {
    title: "Emergency access",
    hint: "Allows one unlock within 15 minutes, outside unlock hours and without approval. The dialog names the receivers.",
    button: "Use emergency access",
    dialogTitle: "Release one unlock without approval?",
    warning:
      "Allows one unlock within 15 minutes, outside unlock hours and without approval. It never overrides a revocation. Your name and reason are recorded.",
    openTitle: "Emergency access is active",
    open: (serial: string | undefined) =>
      serial === undefined
        ? "One unlock of any node of this order is allowed without approval until"
        : `One unlock of node ${serial} is allowed without approval until`,
  },
};
