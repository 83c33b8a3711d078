import type { ErrorRow } from "../row.ts";
import { CONTACT_BROKER_OPERATOR, UNLOCK_AGAIN } from "./steps.ts";

/** Unlocks without network, and what a node has to tell of the time in which nobody listened. */
export const OFFLINE_ERRORS = {
  OfflineUnlockForbidden: {
    title: "Unlocking without network is not allowed",
    message: "Unlocking without network is not allowed for this order",
    class: "refused",
    httpStatus: 403,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Connect the appliance to a network, or ask your security administrator to allow unlocks of order {orderName} without one.",
    steps: [
      {
        text: "See what the order's unlock policy says of offline unlocks, and change it if that is wanted",
        command: 'az rest --method get --url "{orderId}/unlockPolicy?api-version=2022-12-01"',
      },
      UNLOCK_AGAIN,
    ],
    reasons: {
      policy: {
        message: "The order's unlock policy allows no unlock without network",
        why: "The policy says `offline.allowed: false`.",
      },
      limit: {
        message: "The order has used up its unlocks without network of this day",
        ask: "Connect the appliance to a network, or try again tomorrow (UTC): the unlocks of order {orderName} without network are used up for today.",
        steps: [
          {
            text: "See who unlocked which node without network",
            command: 'az rest --method get --url "{orderId}/offlineUnlocks?api-version=2022-12-01"',
          },
          {
            text: "Wait for the next day (UTC), or have OFFLINE_UNLOCKS_PER_DAY raised by the broker's operator",
          },
          UNLOCK_AGAIN,
        ],
        why: "Each order has so many a day, so that a stolen account cannot open a fleet.",
      },
    },
    why: "A person brought the challenge of an appliance, and the rules of its order do not allow to answer it.",
    meanwhile: "The challenge is not used up and no vault is asked; the volume stays locked.",
  },
  OfflineChallengeMissing: {
    title: "There is no open challenge for this answer",
    message: "This node has no challenge that the answer could open",
    class: "invalid",
    httpStatus: 409,
    who: "site-operator",
    recoverable: "yes",
    ask: "Make a new challenge at the appliance and have it answered.",
    steps: [
      { text: "Make a new challenge", command: "databox-agent challenge --qr" },
      {
        text: "Have it answered in the portal, at the order's page, by somebody with the right to unlock",
      },
      { text: "Give the answer to the appliance", command: "databox-agent respond" },
    ],
    reasons: {
      none: {
        message: "No challenge is open on this node",
        why: "None was made, or its answer has been used: an answer opens once.",
      },
      expired: {
        message: "The challenge of this node has expired",
        why: "A challenge is open for a day of the machine's own clock.",
      },
      boot: {
        message: "The challenge ended with the boot in which it was made",
        why: "The machine was restarted after the challenge; the key that opens the answer did not outlive it.",
      },
    },
    why: "An answer opens once, on the node and for the challenge that it was made for.",
    meanwhile: "The volume stays locked. Nothing of the answer is kept.",
  },
  JournalBroken: {
    title: "The appliance's journal does not continue what it delivered before",
    message: "The rows do not follow the last row that the broker countersigned",
    class: "invalid",
    httpStatus: 409,
    who: "broker-operator",
    recoverable: "no",
    ask: "Tell the broker's operator that the journal of node {serial} was cut or changed; unlocking still works.",
    steps: [
      {
        text: "Check the journal on the appliance against the broker's countersignature",
        command: "databox-agent journal --verify",
        for: "site-operator",
      },
      {
        text: "Find out whether the node's state was restored from a copy or the node was cloned",
      },
      CONTACT_BROKER_OPERATOR,
    ],
    reasons: {
      gap: {
        message: "Rows between the last one that was delivered and these are missing",
        why: "The journal was cut, or the broker was restored from a backup; then the agent sends what is missing by itself.",
      },
      fork: {
        message: "Another row was delivered before in the same place",
        why: "The journal was written anew from an older point: the state was restored from a copy, the node was cloned, or somebody rewrote it.",
      },
    },
    why: "Each row of a journal names the hash of the one before, and the broker signed the last one that it took.",
    meanwhile:
      "The rows are not taken and the fact stands in the audit trail. Unlocks and leases go on.",
  },
} as const satisfies Record<string, ErrorRow>;
