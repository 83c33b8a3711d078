import type { ErrorRow, Step } from "../row.ts";
import { TRY_AGAIN, UNLOCK_AGAIN } from "./steps.ts";

const SHOW_ACTIVITY = {
  text: "Look at the newest rows of the order's audit trail",
  command:
    'az rest --method get --url "{orderId}/activity?api-version=2022-12-01" --query "value[-10:].row"',
} as const satisfies Step;

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
      { text: "Approve or reject the request" },
      {
        text: "Leave the appliance waiting, or unlock again later",
        command: "databox-agent unlock",
        for: "site-operator",
      },
    ],
    why: "The order's unlock policy asks for one or more approvals. The code is reserved for that: no broker of this version has such a policy, and none answers so.",
    meanwhile: "The volume stays locked until somebody decides.",
  },
  ApprovalRejected: {
    title: "The unlock was rejected",
    message: "The unlock was rejected by an approver",
    class: "refused",
    httpStatus: 403,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator why the unlock of node {serial} was rejected.",
    steps: [{ ...SHOW_ACTIVITY, text: "See who rejected the request" }, UNLOCK_AGAIN],
    why: "A person with the right to approve said no. The code is reserved: no broker of this version asks for approvals, and none answers so.",
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
      { ...SHOW_ACTIVITY, text: "Find out who threw the switch, and why" },
      {
        text: "Switch unlocking on again; where one node was switched off, name it in the body: serial",
        command:
          'az rest --method post --url "{orderId}/restoreAccess?api-version=2022-12-01" --body {}',
      },
      UNLOCK_AGAIN,
    ],
    why: "Somebody threw the order's kill switch, for instance since the appliance was stolen.",
    meanwhile:
      "All unlocks of the order are refused, and a node that is still open closes when it asks again.",
    reproduce:
      'az rest --method post --url "{orderId}/revoke?api-version=2022-12-01" --body \'{"reason":"stolen"}\'',
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
    meanwhile:
      "The message is dropped before any call to the vault. A volume that is open is not touched.",
  },
} as const satisfies Record<string, ErrorRow>;
