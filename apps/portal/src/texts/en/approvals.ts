import type { ApprovalView } from "@databox-cmk/protocol";

export const approvals = {
  waitingTitle: "Approvals waiting for me",
  noneWaiting: "Nothing waits for you",
  noneWaitingHint: "An appliance that needs your word appears here by itself.",
  none: "No unlock of this order has asked for an approval yet",
  policy: (required: number) =>
    required === 0
      ? "The unlock policy of this order asks nobody."
      : `The unlock policy of this order asks ${required === 1 ? "one person" : `${required} people`} for each unlock.`,
  shown: (count: number) => (count === 1 ? "1 request" : `${count} requests`),
  cardLabel: (serial: string) => `Request of node ${serial}`,
  nodeAsks: (serial: string) => `Node ${serial} asks for its key`,
  reason: "Reason",
  noReason: "None given",
  claim:
    "Node, key and address are proven. The reason is what somebody at the appliance typed, who is not signed in: ask them if in doubt.",
  node: "Node",
  keyVersion: "Key version",
  purpose: "Purpose",
  purposes: {
    unlock: "Unlock",
    ingest: "Copy at the datacenter",
    prepare: "Preparation",
  } as Record<string, string>,
  way: "Way",
  ways: { network: "Asked by the node itself", offline: "Carried here by a person" },
  address: "Came from",
  shippedTo: "Shipped to",
  requested: "Asked",
  lastAsked: "Last asked",
  expires: "Ends without a word",
  decisions: "Decisions",
  count: (given: number, required: number) => `${given} of ${required} approved`,
  said: (name: string, decision: "approved" | "rejected") =>
    decision === "approved" ? `${name} approved,` : `${name} rejected,`,
  countsNoMore: "counts no more",
  states: {
    waiting: "Waiting",
    approved: "Approved, key not fetched yet",
    released: "Released",
    rejected: "Rejected",
    expired: "Expired",
    void: "Void",
  } satisfies Record<ApprovalView["state"], string> as Record<ApprovalView["state"], string>,
  voidReasons: {
    stage: "the order is in another stage",
    key: "the key has changed",
    revoked: "unlocking was revoked since",
    superseded: "the node asked anew",
  },
  approve: "Approve",
  reject: "Reject",
  yourReason: "Your reason",
  dialogs: {
    approve: {
      title: (serial: string) => `Let node ${serial} have its key?`,
      text: "Your name and your reason are recorded and shown to the other approvers.",
    },
    reject: {
      title: (serial: string) => `Refuse node ${serial} its key?`,
      text: "One rejection ends the request for good. Your name and your reason are recorded and told at the appliance.",
    },
  },
  breakGlass: {
    title: "Break-glass",
    hint: "Lets one unlock pass windows and approvals within 15 minutes. Everybody hears of it.",
    button: "Break the glass",
    dialogTitle: "Release one unlock without approval?",
    warning:
      "One unlock passes windows and approvals within 15 minutes; it never passes a revocation. This is recorded with your name and reason, and everybody who follows this order is told at once.",
    openTitle: "The glass is broken",
    open: (serial: string | undefined) =>
      serial === undefined
        ? "One unlock of any node of this order passes without approval until"
        : `One unlock of node ${serial} passes without approval until`,
  },
};
