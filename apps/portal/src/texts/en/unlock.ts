export const unlock = {
  intro:
    "For a node without network: take the challenge from its local web UI or from “databox-agent challenge”, bring it here, and carry the answer back. The answer opens that node, once, for that challenge.",
  notAllowed: "The unlock policy of this order does not allow unlocks without network.",
  toPolicy: "Open the unlock policy",
  challenge: "Challenge of the appliance",
  noChallenge:
    "This text is no challenge of an appliance. A challenge begins with “eyJ” and has two dots; copy all of it.",
  ofAnotherOrder: (order: string) =>
    `This challenge is of a node of the order ${order}: open that order and submit it there.`,
  node: "Node",
  purpose: "Purpose",
  purposes: {
    unlock: "Unlock",
    ingest: "Copy at the datacenter",
    prepare: "Preparation",
  } as Record<string, string>,
  opensFor: "Waits for the answer",
  agent: "Software",
  saidAtNode: "Said at the node",
  minutes: (minutes: number) => (minutes === 1 ? "1 minute" : `${minutes} minutes`),
  hours: (hours: number) => (hours === 1 ? "1 hour" : `${hours} hours`),
  boots: (boots: number) =>
    boots === 1 ? "until the next restart" : `${boots} starts, this one included`,
  reason: "Reason",
  reasonHint: "Stands in the activity of this order.",
  reasonForApprovers: (required: number) =>
    required === 1
      ? "One person must approve, and decides by this."
      : `${required} people must approve, and decide by this.`,
  submit: "Ask for the answer",
  another: "Another challenge",
  grantedTitle: (serial: string) => `Node ${serial} may be unlocked`,
  granted: "Carry this answer to the node. Nobody else can use it.",
  usableUntil: "Usable until",
  lease: "Stays unlocked",
  usesLeft: "Left today",
  answerTitle: "The answer for the node",
  answerHint:
    "Show the code to the node's camera, or take the file or the text to its local web UI or to “databox-agent respond”.",
  answer: "Answer",
  code: "QR code of the answer",
  download: "Download as a file",
  refusalTitle: "The refusal for the node",
  refusalHint:
    "You may carry it back: the node then shows the same cause and steps to whoever stands there.",
  pendingTitle: "Waiting for approval",
  pending: (given: number, required: number) =>
    `${given} of ${required} have approved. Keep this page open: the answer appears here as soon as it is decided.`,
  givenTitle: "Answers given",
  given: "When",
  by: "Submitted by",
  receipt: "The node said",
  noReceipt: "Nothing yet",
  noneGiven: "No node of this order was unlocked this way yet.",
  usedToday: (used: number, limit: number) => `${used} of ${limit} used today (UTC).`,
};
