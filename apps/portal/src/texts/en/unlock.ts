export const unlock = {
  intro:
    "For a node without a network: take the challenge from its local web UI or from “databox-agent challenge”, bring it here, and take the answer back. The answer unlocks only that node, once, for that challenge.",
  notAllowed: "The unlock policy of this order does not allow unlocks without network.",
  toPolicy: "Open the unlock policy",
  challenge: "Challenge of the appliance",
  noChallenge:
    "This is not an appliance challenge. A challenge begins with “eyJ” and has two dots; copy all of it.",
  ofAnotherOrder: (order: string) =>
    `This challenge belongs to a node of order ${order}. Open that order and submit it there.`,
  node: "Node",
  purpose: "Purpose",
  opensFor: "Waits for the answer",
  agent: "Software",
  saidAtNode: "Reason given at the node",
  minutes: (minutes: number) => (minutes === 1 ? "1 minute" : `${minutes} minutes`),
  hours: (hours: number) => (hours === 1 ? "1 hour" : `${hours} hours`),
  boots: (boots: number) =>
    boots === 1 ? "until the next restart" : `${boots} starts, including this one`,
  reason: "Reason",
  reasonHint: "Shown in this order's activity log.",
  reasonForApprovers: (required: number) =>
    required === 1
      ? "Shown to the person who must approve."
      : `Shown to the ${required} people who must approve.`,
  submit: "Ask for the answer",
  another: "Another challenge",
  grantedTitle: (serial: string) => `Node ${serial} may be unlocked`,
  granted: "Take this answer to the node. No other node can use it.",
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
    "You can take it to the node, which then shows the same cause and steps to the person there.",
  pendingTitle: "Waiting for approval",
  pending: (given: number, required: number) =>
    `${given} of ${required} have approved. Keep this page open: the answer appears here as soon as it is decided.`,
  givenTitle: "Answers given",
  given: "When",
  by: "Submitted by",
  receipt: "Reported by the node",
  noReceipt: "Nothing yet",
  noneGiven: "No node of this order has been unlocked this way yet.",
  usedToday: (used: number, limit: number) => `${used} of ${limit} used today (UTC).`,
};
