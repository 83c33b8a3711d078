import { invalid, refused } from "./classes.ts";
import { CONTACT_BROKER_OPERATOR, UNLOCK_AGAIN } from "./steps.ts";

/** Unlocks without network, and a node's report about its offline time. */
export const OFFLINE_ERRORS = {
  OfflineUnlockForbidden: refused(403, "security-administrator", {
    title: "Unlocking without network is not allowed",
    message: "Unlocking without network is not allowed for this order",
    ask: "Connect the appliance to a network, or ask your security administrator to allow unlocks of order {orderName} without one.",
    steps: [
      {
        text: "Check what the order's unlock policy says about offline unlocks, and change it if needed",
        command: 'az rest --method get --url "{orderId}/unlockPolicy?api-version=2022-12-01"',
      },
      UNLOCK_AGAIN,
    ],
    reasons: {
      policy: {
        message: "The order's unlock policy does not allow unlocks without network",
        why: "The policy says `offline.allowed: false`.",
      },
      limit: {
        message: "The order has used up its unlocks without network for today",
        ask: "Connect the appliance to a network, or try again tomorrow (UTC): the unlocks of order {orderName} without network are used up for today.",
        steps: [
          {
            text: "See who unlocked which node without network",
            command: 'az rest --method get --url "{orderId}/offlineUnlocks?api-version=2022-12-01"',
          },
          "Wait for the next day (UTC), or have OFFLINE_UNLOCKS_PER_DAY raised by the broker's operator",
          UNLOCK_AGAIN,
        ],
        why: "Each order has a daily limit, so that a stolen account cannot open a fleet.",
      },
    },
    why: "Someone submitted the challenge of an appliance, and the rules of its order do not allow an answer.",
    meanwhile: "The challenge is not used up and no vault is asked; the volume stays locked.",
  }),
  OfflineChallengeMissing: invalid(409, "site-operator", {
    title: "There is no open challenge for this answer",
    message: "This node has no open challenge that matches the answer",
    ask: "Make a new challenge at the appliance and have it answered.",
    steps: [
      { text: "Make a new challenge", command: "databox-agent challenge --qr" },
      "Have it answered in the portal, on the order's page, by someone with the right to unlock",
      { text: "Give the answer to the appliance", command: "databox-agent respond" },
    ],
    reasons: {
      none: {
        message: "No challenge is open on this node",
        why: "None was made, or its answer has been used: an answer opens once.",
      },
      expired: {
        message: "The challenge of this node has expired",
        why: "A challenge expires after a day, by the machine's own clock.",
      },
      boot: {
        message: "The challenge ended when the machine restarted",
        why: "The key that opens the answer exists only until the machine restarts.",
      },
    },
    why: "An answer opens once, on the node and for the challenge that it was made for.",
    meanwhile: "The volume stays locked. Nothing of the answer is kept.",
  }),
  JournalBroken: invalid(409, "broker-operator", {
    title: "The appliance's journal does not continue from its last delivery",
    message: "The rows do not follow the last row that the broker countersigned",
    recoverable: "no",
    ask: "Tell the broker's operator that the journal of node {serial} was cut or changed; unlocking still works.",
    steps: [
      {
        text: "Check the journal on the appliance against the broker's countersignature",
        command: "databox-agent journal --verify",
        for: "site-operator",
      },
      "Find out whether the node's state was restored from a copy or the node was cloned",
      CONTACT_BROKER_OPERATOR,
    ],
    reasons: {
      gap: {
        message: "Rows between the last one that was delivered and these are missing",
        why: "The journal was cut, or the broker was restored from a backup; in the latter case the agent sends the missing rows automatically.",
      },
      fork: {
        message: "A different row was delivered earlier in the same place",
        why: "The journal was continued from an older point: the state was restored from a copy, the node was cloned, or someone rewrote it.",
      },
    },
    why: "Each row of a journal names the hash of the previous row, and the broker signed the last row that it accepted.",
    meanwhile:
      "The rows are rejected, and the audit trail records it. Unlocks and leases continue.",
  }),
};
