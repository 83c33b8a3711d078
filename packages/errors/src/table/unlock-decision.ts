import type { ErrorRow, Step } from "../row.ts";
import { TRY_AGAIN, UNLOCK_AGAIN } from "./steps.ts";

const SHOW_ACTIVITY = {
  text: "Look at the newest rows of the order's audit trail",
  command:
    'az rest --method get --url "{orderId}/activity?api-version=2022-12-01" --query "value[-10:].row"',
} as const satisfies Step;

const SHOW_APPROVALS = {
  text: "See which unlocks of the order wait, and what was decided",
  command: 'az rest --method get --url "{orderId}/approvals?api-version=2022-12-01"',
} as const satisfies Step;
const APPROVE = {
  text: "Approve the request, or reject it in the same way",
  command:
    'az rest --method post --url "{orderId}/approvals/{approvalId}/approve?api-version=2022-12-01" --body \'{"reason":"seen on site"}\'',
} as const satisfies Step;
const SHOW_POLICY = {
  text: "Look at the unlock policy of the order",
  command: 'az rest --method get --url "{orderId}/unlockPolicy?api-version=2022-12-01"',
} as const satisfies Step;
const ASK_FOR_APPROVAL =
  'az rest --method put --url "{orderId}/unlockPolicy?api-version=2022-12-01" --body \'{"outageGrace":"P1D","leaseTtlSeconds":60,"offline":{"allowed":false,"lease":{"kind":"boots","boots":1}},"release":{"windows":[],"approvals":{"required":1,"approvers":[],"expiresAfterSeconds":3600},"breakGlass":true}}\'';

/** What people and policies say to an unlock, and what the broker's limits say. */
export const UNLOCK_DECISION_ERRORS = {
  ApprovalPending: {
    title: "The unlock waits for an approval",
    message: "The unlock must be approved and is not yet",
    class: "pending",
    httpStatus: 202,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator to approve the unlock of node {serial}.",
    steps: [
      SHOW_APPROVALS,
      APPROVE,
      {
        text: "Leave the unlock waiting; if it ends before they have decided, the next one goes on with the same request",
        command: "databox-agent unlock",
        for: "site-operator",
      },
      {
        text: "If it is not wanted any more, drop the request",
        command: "databox-agent unlock --cancel",
        for: "site-operator",
      },
    ],
    why: "The order's unlock policy asks for one or more approvals of each unlock.",
    meanwhile:
      "The volume stays locked until enough people have approved. The request, and with it the approval, ends when its time is over, when the order's stage or key changes, when unlocking is revoked, when the node restarts, or when somebody drops it at the node.",
    reproduce: ASK_FOR_APPROVAL,
  },
  ApprovalRejected: {
    title: "The unlock was rejected",
    message: "The unlock was rejected by an approver",
    class: "refused",
    httpStatus: 403,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator why the unlock of node {serial} was rejected.",
    steps: [{ ...SHOW_ACTIVITY, text: "See who rejected the request, and why" }, UNLOCK_AGAIN],
    why: "A person with the right to decide said no, with a reason.",
    meanwhile: "The volume stays locked. A new request opens a new approval.",
    reproduce:
      'az rest --method post --url "{orderId}/approvals/{approvalId}/reject?api-version=2022-12-01" --body \'{"reason":"nobody is on site"}\'',
  },
  ApprovalExpired: {
    title: "The approval has ended",
    message: "The request for an approval has ended before a key was released for it",
    class: "invalid",
    httpStatus: 409,
    who: "site-operator",
    recoverable: "yes",
    ask: "Unlock node {serial} again: that asks for a new approval.",
    steps: [{ ...UNLOCK_AGAIN, for: "site-operator" }],
    reasons: {
      time: {
        message: "Nobody decided about the request in the time that the policy gives",
        why: "The policy of the order bounds how long a request waits (approvals.expiresAfterSeconds).",
      },
      stage: {
        message: "The order went to another stage while the request waited",
        why: "What was to be approved has changed: the appliance is somewhere else now.",
      },
      key: {
        message: "The key of the order changed while the request waited",
        why: "An approval is for one key version, which the approvers were shown.",
      },
      revoked: {
        message: "Unlocking was switched off while the request waited",
        why: "An approval does not outlive a revocation, also one that was lifted.",
      },
      superseded: {
        message: "The node asked anew, and only its newest request can be approved",
        why: "The key is sealed to a one-use key of the request: nobody could open the answer to an older one.",
      },
      dropped: {
        message: "Another command at the node was told the decision, or dropped the request",
        why: "databox-agent unlock --cancel and a volume that is locked by hand end a request; of several unlocks that wait with one request, the first to ask is told.",
      },
      "break-glass": {
        message: "Another node was faster to use the release that stood for one unlock",
        why: "A break-glass is good for one unlock.",
      },
    },
    why: "An approval is for one request under the circumstances that its approvers were shown, and for a limited time.",
    meanwhile: "The volume stays locked. The approvers see the request as ended.",
  },
  ApprovalClosed: {
    title: "The request is not open any more",
    message: "The request for an approval was decided or has ended already",
    class: "invalid",
    httpStatus: 409,
    who: "nobody",
    recoverable: "no",
    ask: "Nobody has to act: the request was decided before.",
    steps: [SHOW_APPROVALS],
    why: "Each request is decided once. Somebody else was faster, its time was over, or the order's stage or key has changed.",
    meanwhile: "What was decided before holds.",
  },
  ApprovalForbidden: {
    title: "Somebody else must decide",
    message: "The caller may not decide about this request",
    class: "refused",
    httpStatus: 403,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask another approver of order {orderName} to decide.",
    steps: [{ text: "Let another approver decide about the request" }],
    reasons: {
      self: {
        message: "The caller brought this request, and nobody approves their own",
        why: "Two people are wanted: one who asks and one who approves.",
      },
      "not-named": {
        message:
          "The unlock policy of the order names its approvers, and the caller is none of them",
        why: "A list of approvers in the policy (release.approvals.approvers) narrows down who may approve, besides the right by role.",
      },
    },
    why: "The right by role is there, but the order's unlock policy or the request itself excludes the caller.",
    meanwhile: "The request waits on.",
  },
  BreakGlassForbidden: {
    title: "Break-glass is not allowed",
    message: "The unlock policy of the order does not allow break-glass",
    class: "refused",
    httpStatus: 403,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator to approve the unlock, or to change the unlock policy of order {orderName}.",
    steps: [
      SHOW_POLICY,
      {
        text: "Approve the unlock as the policy asks, or change the policy (release.breakGlass)",
      },
    ],
    why: "Whether one person may release an unlock alone is a decision of the order's owner, and it is off unless switched on.",
    meanwhile: "Nothing is released.",
    reproduce:
      'az rest --method post --url "{orderId}/breakGlass?api-version=2022-12-01" --body \'{"reason":"drill"}\'',
  },
  ReleaseWindowClosed: {
    title: "Outside the hours of the unlock policy",
    message: "The unlock policy releases no key at this time",
    class: "pending",
    httpStatus: 409,
    who: "security-administrator",
    recoverable: "until-date",
    ask: "Unlock node {serial} again at {nextOpening}, or ask your security administrator for an exception.",
    steps: [
      { text: "Wait until {nextOpening}, then unlock again", for: "site-operator" },
      SHOW_POLICY,
      {
        text: "In an emergency release one unlock, where the policy allows it",
        command:
          'az rest --method post --url "{orderId}/breakGlass?api-version=2022-12-01" --body \'{"reason":"why"}\'',
      },
    ],
    why: "The order's owner has said at which hours keys are released (release.windows).",
    meanwhile: "A locked volume stays locked; one that is open stays open.",
  },
  CredentialsWithheld: {
    title: "The unlock policy withholds the passkey",
    message: "The unlock policy of the order keeps its passkey from being shown now",
    class: "refused",
    httpStatus: 403,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator to unlock the appliance of order {orderName} over the network or offline.",
    steps: [
      SHOW_POLICY,
      { text: "Unlock the appliance over the network, or offline by challenge and answer" },
      {
        text: "In an emergency allow the passkey to be shown once, where the policy allows it",
        command:
          'az rest --method post --url "{orderId}/breakGlass?api-version=2022-12-01" --body \'{"reason":"why"}\'',
      },
    ],
    reasons: {
      approvals: {
        message: "The unlock policy asks for approvals, and a passkey would pass them by",
        why: "A passkey opens the volume without asking anybody again, so one person must not get it alone.",
      },
      window: {
        message: "The unlock policy releases no key at this time, nor a passkey",
        why: "A passkey opens the volume at any hour.",
      },
    },
    why: "Whoever holds the passkey needs no release: what holds for releases must hold for showing it.",
    meanwhile: "The passkey is not shown, and the vault is not asked.",
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
