import type { ErrorRow } from "../row.ts";
import { TRY_AGAIN, UNLOCK_AGAIN } from "./steps.ts";

/** What people and policies say to an unlock, and what the broker's limits say. */
export const UNLOCK_DECISION_ERRORS = {
  ApprovalPending: {
    title: "The unlock waits for an approval",
    message: "The unlock must be approved and is not yet",
    class: "pending",
    httpStatus: 202,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator to approve the unlock of node {serial}; the appliance waits for it.",
    steps: [
      { text: "Approve or reject the request (portal: order > Approvals)" },
      {
        text: "Leave the appliance waiting, or unlock again later",
        command: "databox-agent unlock",
        for: "site-operator",
      },
    ],
    why: "The order's unlock policy asks for one or more approvals.",
    meanwhile:
      "The agent asks again with the same request until somebody decides or the request expires.",
  },
  ApprovalRejected: {
    title: "The unlock was rejected",
    message: "The unlock was rejected by an approver",
    class: "refused",
    httpStatus: 403,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator why the unlock of node {serial} was rejected.",
    steps: [
      { text: "See who rejected the request and why (portal: order > Approvals)" },
      UNLOCK_AGAIN,
    ],
    why: "A person with the right to approve said no.",
    meanwhile: "The volume stays locked. A new request opens a new approval.",
  },
  UnlockRevoked: {
    title: "Unlocking is switched off",
    message: "Unlocking was switched off for this order",
    class: "refused",
    httpStatus: 403,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator to switch unlocking of order {orderName} on again.",
    steps: [
      { text: "Find out why the switch was thrown (portal: order > Unlock activity)" },
      { text: "Switch unlocking on again (portal: order > Unlock policy > Unlocking: allowed)" },
      UNLOCK_AGAIN,
    ],
    why: "Somebody threw the order's kill switch, for instance since the appliance was stolen.",
    meanwhile:
      "All unlocks of the order are refused and unlocked nodes re-lock at their next lease renewal.",
  },
  RateLimited: {
    title: "Too many tries",
    message: "The appliance has tried too often",
    class: "unreachable",
    httpStatus: 429,
    who: "nobody",
    recoverable: "yes",
    ask: "Wait {retryAfterSeconds} seconds, then try again.",
    steps: [{ text: "Wait {retryAfterSeconds} seconds", for: "site-operator" }, TRY_AGAIN],
    why: "Each node has a budget of tries, so that one cannot use up the vault for the others.",
    meanwhile: "The message is dropped before any call to the vault. Leases run on.",
  },
} as const satisfies Record<string, ErrorRow>;
