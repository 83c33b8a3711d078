import type { Step, WrittenStep } from "../row.ts";
import { invalid, pending, refused, unreachable } from "./classes.ts";
import { TRY_AGAIN, UNLOCK_AGAIN } from "./steps.ts";

/** Each row names the entry to search for. */
const SHOW_ACTIVITY = {
  command:
    'az rest --method get --url "{orderId}/activity?api-version=2022-12-01" --query "value[-10:].row"',
} as const satisfies Omit<Step, "text">;

const SHOW_APPROVALS = {
  text: "See the waiting unlocks of the order and the decisions about them",
  command: 'az rest --method get --url "{orderId}/approvals?api-version=2022-12-01"',
} as const satisfies WrittenStep;
const APPROVE = {
  text: "Approve the request, or reject it in the same way",
  command:
    'az rest --method post --url "{orderId}/approvals/{approvalId}/approve?api-version=2022-12-01" --body \'{"reason":"seen on site"}\'',
} as const satisfies WrittenStep;
const SHOW_POLICY = {
  text: "Check the unlock policy of the order",
  command: 'az rest --method get --url "{orderId}/unlockPolicy?api-version=2022-12-01"',
} as const satisfies WrittenStep;
const ASK_FOR_APPROVAL =
  'az rest --method put --url "{orderId}/unlockPolicy?api-version=2022-12-01" --body \'{"outageGrace":"P1D","leaseTtlSeconds":60,"offline":{"allowed":false,"lease":{"kind":"boots","boots":1}},"release":{"windows":[],"approvals":{"required":1,"approvers":[],"expiresAfterSeconds":3600},"breakGlass":true}}\'';

/** Decisions of people and policies about an unlock, and the broker's limits. */
export const UNLOCK_DECISION_ERRORS = {
  ApprovalPending: pending(202, "security-administrator", {
    title: "The unlock waits for an approval",
    message: "The unlock must be approved first",
    ask: "Ask your security administrator to approve the unlock of node {serial}.",
    steps: [
      SHOW_APPROVALS,
      APPROVE,
      {
        text: "Leave the unlock waiting; if it ends before the decision, the next one continues with the same request",
        command: "databox-agent unlock",
        for: "site-operator",
      },
      {
        text: "If it is no longer needed, withdraw the request",
        command: "databox-agent unlock --cancel",
        for: "site-operator",
      },
    ],
    why: "The order's unlock policy requires one or more approvals for each unlock.",
    meanwhile:
      "The volume stays locked until enough people have approved. The request and its approvals end when the request expires, when the order's stage or key changes, when unlocking is revoked, when the node restarts, or when someone withdraws the request at the node.",
    reproduce: ASK_FOR_APPROVAL,
  }),
  ApprovalRejected: refused(403, "security-administrator", {
    title: "The unlock was rejected",
    message: "The unlock was rejected by an approver",
    ask: "Ask your security administrator why the unlock of node {serial} was rejected.",
    steps: [{ ...SHOW_ACTIVITY, text: "See who rejected the request, and why" }, UNLOCK_AGAIN],
    why: "An approver rejected the request and gave a reason.",
    meanwhile: "The volume stays locked. A new request opens a new approval.",
    reproduce:
      'az rest --method post --url "{orderId}/approvals/{approvalId}/reject?api-version=2022-12-01" --body \'{"reason":"nobody is on site"}\'',
  }),
  ApprovalExpired: invalid(409, "site-operator", {
    title: "The approval has ended",
    message: "The approval request ended before a key was released",
    ask: "Unlock node {serial} again: that asks for a new approval.",
    steps: [{ ...UNLOCK_AGAIN, for: "site-operator" }],
    reasons: {
      time: {
        message: "No approver decided about the request before it expired",
        why: "The policy of the order limits how long a request waits (approvals.expiresAfterSeconds).",
      },
      stage: {
        message: "The order moved to another stage while the request waited",
        why: "The circumstances of the request have changed: the appliance is somewhere else now.",
      },
      key: {
        message: "The key of the order changed while the request waited",
        why: "An approval is for one key version, which the approvers were shown.",
      },
      revoked: {
        message: "Unlocking was switched off while the request waited",
        why: "A revocation ends every approval, even if the revocation is turned off again.",
      },
      superseded: {
        message: "The node sent a newer request, and only the newest one can be approved",
        why: "The key is sealed to a one-use key of the request: the answer to an older request could not be opened.",
      },
      dropped: {
        message: "Another command at the node received the decision, or withdrew the request",
        why: "databox-agent unlock --cancel and locking the volume by hand end a request. If several unlocks wait with one request, the first to ask receives the decision.",
      },
      "break-glass": {
        message: "Another node used the emergency access first; it allows only one unlock",
        why: "Emergency access allows one unlock.",
      },
    },
    why: "An approval is for one request under the circumstances that its approvers were shown, and for a limited time.",
    meanwhile: "The volume stays locked. The approvers see the request as ended.",
  }),
  ApprovalClosed: invalid(409, "nobody", {
    title: "The request is no longer open",
    message: "The approval request was already decided or has ended",
    recoverable: "no",
    ask: "No action is needed: the request was decided before.",
    steps: [SHOW_APPROVALS],
    why: "Each request is decided once. Someone else was faster, the request expired, or the order's stage or key has changed.",
    meanwhile: "The earlier decision still applies.",
  }),
  ChangeNeedsApproval: pending(409, "security-administrator", {
    title: "The change waits for an approval",
    message: "The change loosens the protection of the order and is not approved yet",
    ask: "Ask the approvers of the order to approve the change, then make the same change again.",
    steps: [
      SHOW_APPROVALS,
      APPROVE,
      "Once enough people have approved, send exactly the same change again",
    ],
    why: "The order's unlock policy asks for approvals. A change that allows more than before needs the same approvals, so that one person cannot lift the rule alone.",
    meanwhile: "Nothing has changed. The protection that was in force before stays in force.",
  }),
  ApprovalForbidden: refused(403, "security-administrator", {
    title: "Someone else must decide",
    message: "The caller may not decide about this request",
    ask: "Ask another approver of order {orderName} to decide.",
    steps: ["Ask another approver to decide about the request"],
    reasons: {
      self: {
        message: "The caller submitted this request and cannot approve it",
        why: "Two people are needed: one who asks and one who approves.",
      },
      "not-named": {
        message:
          "The unlock policy of the order names its approvers, and the caller is not one of them",
        why: "A list of approvers in the policy (release.approvals.approvers) restricts who may approve, in addition to the role.",
      },
      application: {
        message:
          "The caller's token does not prove that a person signed in, and the decision is a person's",
        steps: [
          "Sign in as a person, in the portal or by az login, and decide again",
          "If the application itself may approve, name its object id as an approver in the unlock policy; an override always needs a person",
        ],
        why: "Approvals are to come from different people. One person can have the secrets of several applications, so an application counts only where the policy names it.",
      },
    },
    why: "The caller's role allows it, but the order's unlock policy or the request itself excludes the caller.",
    meanwhile: "The request continues to wait.",
  }),
  ApproverUnknown: invalid(409, "security-administrator", {
    title: "An approver may not approve",
    message: "The policy names a person of whom the broker cannot see that they may approve",
    ask: "Ask the order's owner to give the person the role Data Box Approver, or to correct the object id.",
    steps: [
      "Compare the object id that the error names with that of the person in Entra ID",
      "Give the person a role that allows to approve, on the order or above it, and write the policy again",
      "If the person has the right by an app role of Entra ID, which the broker cannot look up, write the policy with acceptUnknownApprovers: true",
    ],
    why: "If the named people do not exist or may not approve, nobody can unlock the order, and nobody can approve a change of its policy.",
    meanwhile: "The policy did not change.",
  }),
  BreakGlassForbidden: refused(403, "security-administrator", {
    title: "Emergency access is not allowed",
    message: "The unlock policy of the order does not allow emergency access",
    ask: "Ask your security administrator to approve the unlock, or to change the unlock policy of order {orderName}.",
    steps: [
      SHOW_POLICY,
      "Approve the unlock as the policy requires, or change the policy (release.breakGlass)",
    ],
    why: "The order's owner decides whether one person may release an unlock alone. It is off by default.",
    meanwhile: "Nothing is released.",
    reproduce:
      'az rest --method post --url "{orderId}/breakGlass?api-version=2022-12-01" --body \'{"reason":"drill"}\'',
  }),
  ReleaseWindowClosed: pending(409, "security-administrator", {
    title: "Outside the unlock hours",
    message: "The unlock policy does not allow unlocks at this time",
    recoverable: "until-date",
    ask: "Unlock node {serial} again at {nextOpening}, or ask your security administrator for an exception.",
    steps: [
      { text: "Wait until {nextOpening}, then unlock again", for: "site-operator" },
      SHOW_POLICY,
      {
        text: "In an emergency, release one unlock if the policy allows it",
        command:
          'az rest --method post --url "{orderId}/breakGlass?api-version=2022-12-01" --body \'{"reason":"why"}\'',
      },
    ],
    why: "The order's owner has set the hours in which keys are released (release.windows).",
    meanwhile: "A locked volume stays locked; one that is open stays open.",
  }),
  CredentialsWithheld: refused(403, "security-administrator", {
    title: "The unlock policy withholds the passkey",
    message: "The unlock policy of the order does not allow its passkey to be shown now",
    ask: "Ask your security administrator to unlock the appliance of order {orderName} over the network or offline.",
    steps: [
      SHOW_POLICY,
      "Unlock the appliance over the network, or offline by challenge and answer",
      {
        text: "In an emergency, allow the passkey to be shown once if the policy allows it",
        command:
          'az rest --method post --url "{orderId}/breakGlass?api-version=2022-12-01" --body \'{"reason":"why"}\'',
      },
    ],
    reasons: {
      approvals: {
        message: "The unlock policy requires approvals, and a passkey would bypass them",
        why: "A passkey opens the volume without another approval, so one person must not get it alone.",
      },
      window: {
        message: "The unlock policy does not allow unlocks at this time, and so no passkey",
        why: "A passkey opens the volume at any hour.",
      },
      network: {
        message:
          "The unlock policy allows unlocks only from the networks that it names, and so no passkey",
        why: "A passkey opens the volume in any network, and also in a later stage of the order.",
      },
    },
    why: "With the passkey, no release is needed, so showing it follows the same rules as a release.",
    meanwhile: "The passkey is not shown, and the vault is not called.",
  }),
  UnlockRevoked: refused(403, "security-administrator", {
    title: "Unlocking is switched off",
    message: "Unlocking was switched off for this order",
    ask: "Ask your security administrator to switch unlocking of order {orderName} on again.",
    steps: [
      { ...SHOW_ACTIVITY, text: "Find out who activated the kill switch, and why" },
      {
        text: "Switch unlocking on again; if only one node was switched off, name it in the body: serial",
        command:
          'az rest --method post --url "{orderId}/restoreAccess?api-version=2022-12-01" --body {}',
      },
      UNLOCK_AGAIN,
    ],
    reasons: {
      operator: {
        message: "Unlocking was switched off by the operator of the service",
        who: "broker-operator",
        ask: "Ask the broker's operator to switch unlocking of order {orderName} on again.",
        steps: [
          "Turn off the kill switch once its reason no longer holds (portal: Kill switches)",
          UNLOCK_AGAIN,
        ],
        why: "The operator has kill switches for a node, an order, a subscription and every appliance. A customer cannot turn them off.",
      },
    },
    why: "Someone activated the order's kill switch, for example because the appliance was stolen.",
    meanwhile:
      "All unlocks of the order are refused, and an open node closes when it next contacts the broker.",
    reproduce:
      'az rest --method post --url "{orderId}/revoke?api-version=2022-12-01" --body \'{"reason":"stolen"}\'',
  }),
  RateLimited: unreachable(429, "nobody", {
    title: "Too many tries",
    message: "The appliance has tried too often",
    ask: "Wait {retryAfterSeconds} seconds, then try again.",
    steps: [{ text: "Wait {retryAfterSeconds} seconds", for: "site-operator" }, TRY_AGAIN],
    reasons: {
      budget: {
        message: "The order's unlocks of this day are used up",
        who: "order-owner",
        ask: "Wait until the day ends in UTC, or ask the owner of order {orderName} to allow more unlocks per day.",
        steps: [
          "Allow more unlocks per day (portal: Unlock policy), or wait until the day ends in UTC",
          TRY_AGAIN,
        ],
        why: "The order's owner has limited the unlocks per day (unlockBudget).",
      },
    },
    why: "Each node has a limit of tries, so that one node cannot use up the vault for the others.",
    meanwhile:
      "The message is dropped before any call to the vault. A volume that is open is not touched.",
  }),
};
