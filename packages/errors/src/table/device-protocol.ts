import type { Text, WrittenStep } from "../row.ts";
import { invalid, refused } from "./classes.ts";
import { CONTACT_BROKER_OPERATOR, TRY_AGAIN } from "./steps.ts";

const REFUSED_BEFORE_VAULT =
  "The message is dropped before any call to the vault and noted in the audit trail. A volume that is open is not touched.";
const UPDATE_AGENT = {
  text: "See the agent's version and update it to one that fits the broker",
  command: "databox-agent --version",
  for: "site-operator",
} as const satisfies WrittenStep;

const SHOW_STAGE = {
  text: "See in which stage the order is",
  command:
    'az rest --method get --url "{orderId}?api-version=2022-12-01" --query properties.status',
  for: "order-owner",
} as const satisfies WrittenStep;
const unlockBy = (command: string) =>
  ({
    text: "Unlock for the purpose that this stage allows",
    command,
    for: "site-operator",
  }) as const satisfies WrittenStep;
/** A text that a person carried, whose letters or length have changed on the way. */
const carried = (message: Text, otherwise: WrittenStep) =>
  ({
    message,
    who: "site-operator",
    ask: "Copy the challenge of the appliance again, all of it, with its upper and lower case letters.",
    steps: [
      {
        text: "Copy the challenge again, all of it, with its upper and lower case letters, or scan its code",
        command: "databox-agent challenge --qr",
      },
      otherwise,
    ],
    why: "A person carried the challenge. One that was cut, or in which a letter was misread, has no valid signature.",
  }) as const;

/** Faults of a device message, found before any decision about the key. */
export const DEVICE_PROTOCOL_ERRORS = {
  DeviceMessageMalformed: invalid(400, "broker-operator", {
    title: "The message cannot be read",
    message: "The device message does not have the expected form",
    ask: "Tell the broker's operator that the agent and the broker do not understand each other (correlation id {correlationId}).",
    steps: [UPDATE_AGENT, CONTACT_BROKER_OPERATOR],
    why: "A member is missing, unknown, of the wrong type or out of range, or the envelope of the message is not a compact JWS (RFC 7515).",
    reasons: {
      carried: carried("The challenge that was carried here cannot be read", {
        ...UPDATE_AGENT,
        text: "If it was copied exactly, see the agent's version and update it to one that fits the broker",
      }),
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  DeviceMessageTooLarge: invalid(413, "site-operator", {
    title: "The message is too large",
    message: "The device message is larger than 16 KiB",
    ask: "Update the agent on the appliance, then try again; its message is too large.",
    steps: [UPDATE_AGENT],
    why: "No message of the protocol comes near this limit, so an agent did not send it.",
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  DeviceNotAuthenticated: invalid(401, "broker-operator", {
    title: "The appliance's key is not known",
    message: "The appliance cannot be authenticated",
    ask: "Tell the broker's operator that node {serial} is not recognised.",
    steps: [
      {
        text: "Compare the serial number and the order of the agent with the enrolment",
        command: "databox-agent status",
        for: "site-operator",
      },
      "Look in the audit trail for the correlation id {correlationId}; it tells an unknown device from a wrong signature",
    ],
    why: "The serial is unknown, another key is enrolled for it, or the signature is wrong. The answer does not say which, so that an attacker cannot probe for serial numbers.",
    reasons: {
      unenrolled: {
        message: "No device is enrolled for the node: it was replaced, or never enrolled",
        ask: "Ask the broker's operator for a new enrolment code for node {serial}.",
        steps: [
          "Enrol the node's device with its enrolment code; if the code is lost, replace the device once more (portal: Operations)",
          {
            text: "Run databox-agent prepare with the new code from standard input",
            for: "site-operator",
          },
        ],
        why: "Only the order's own pages say this; a device is never told.",
      },
      restored: {
        message:
          "The appliance cannot be authenticated; the broker's database was restored from a backup that may be older than its enrolment",
        steps: [
          'If the appliance was prepared after the backup, follow the runbook\'s entry "Bring back an appliance that was prepared after the backup"',
        ],
        why: "The database has no such enrolment since it was restored, so it may have been lost.",
      },
      carried: carried("The challenge that was carried here is not as an appliance signed it", {
        text: "If it was copied exactly, compare the serial number and the order of the agent with the enrolment",
        command: "databox-agent status",
      }),
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  EnrolmentCodeInvalid: refused(403, "broker-operator", {
    title: "The enrolment code is not valid",
    message: "The enrolment code is wrong, used or expired",
    ask: "Ask the broker's operator for a new enrolment code for node {serial}.",
    steps: [
      "Prepare the order again to get a new code: POST /operator/v1{orderId}/prepare",
      {
        text: "Run databox-agent prepare with the new code from standard input",
        for: "site-operator",
      },
    ],
    why: "Each code binds one node to one order, once, until it expires. The answer never says whether a code is wrong, used or expired.",
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  EnrolmentConflict: refused(409, "broker-operator", {
    title: "The node is enrolled with another key",
    message: "The node is already enrolled with another device key",
    ask: "Ask the broker's operator to find out why node {serial} is enrolled already.",
    steps: [
      "Find out whether the node's state was lost or someone else enrolled it",
      "Prepare a new order for the node; an enrolment is never overwritten",
    ],
    why: "An enrolment cannot be changed; otherwise anyone with a code could take over a node.",
    meanwhile: "The first enrolment stays valid.",
  }),
  NonceInvalid: invalid(400, "site-operator", {
    title: "The challenge is not the broker's",
    message: "The challenge in the message was not made by this broker for this node",
    ask: "Try again; if it happens again, tell the broker's operator.",
    steps: [TRY_AGAIN, CONTACT_BROKER_OPERATOR],
    why: "Its authentication code is wrong: it was changed, made for another serial, or made by a broker with another secret.",
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  NonceExpired: invalid(409, "site-operator", {
    title: "The challenge has expired",
    message: "The challenge in the message has expired",
    ask: "Try again; the appliance took too long to answer.",
    steps: [TRY_AGAIN],
    why: "A challenge is valid for a short time, so that an old message cannot be used later.",
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  ReplayDetected: invalid(409, "site-operator", {
    title: "The message was used before",
    message: "The challenge in the message was used before by another message",
    ask: "Try again; if it happens again, tell the broker's operator that messages of node {serial} are being repeated.",
    steps: [
      TRY_AGAIN,
      {
        text: "If you did not repeat it, look in the audit trail for who sent the message first",
        for: "broker-operator",
      },
    ],
    why: "Each challenge can be used by one message. The same message can be repeated for 60 seconds and gets the same answer; a different one cannot use it.",
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  CounterRollback: invalid(409, "broker-operator", {
    title: "The appliance's state went back to an older copy",
    message: "The appliance's counter is not higher than the last one that the broker saw",
    ask: "Tell the broker's operator that the state of node {serial} was restored from a copy.",
    steps: [
      "Find out whether the node's state was restored from a backup or the node was cloned",
      "If a clone cannot be excluded, revoke the order's unlocks and have the node prepared again",
    ],
    why: "The counter only increases. A lower value means an old copy of the state: a restored backup, or a clone.",
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  OrderMismatch: invalid(403, "broker-operator", {
    title: "The appliance belongs to another order",
    message: "The message names another order than the node is enrolled for",
    ask: "Tell the broker's operator that node {serial} names an order that it does not belong to.",
    steps: [
      {
        text: "See which order the agent was prepared for",
        command: "databox-agent status",
        for: "site-operator",
      },
      CONTACT_BROKER_OPERATOR,
    ],
    why: "A node can only unlock for the order it was enrolled for.",
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  SuiteDowngrade: invalid(400, "broker-operator", {
    title: "The appliance offers weaker cryptography than it enrolled with",
    message: "The message offers a weaker key exchange than the node enrolled with",
    ask: "Tell the broker's operator that node {serial} offers weaker cryptography than before.",
    steps: [UPDATE_AGENT, CONTACT_BROKER_OPERATOR],
    why: "A node that enrolled with X-Wing is never answered with X25519: otherwise an attacker could force the weaker one.",
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  PurposeForbidden: refused(403, "order-owner", {
    title: "The purpose is not allowed now",
    message: "The stage of the order does not allow unlocking for this purpose",
    ask: "Ask the owner of order {orderName} in which stage it is; the appliance may not be unlocked for this purpose now.",
    steps: [SHOW_STAGE],
    reasons: {
      early: {
        message: "The appliance was not dispatched yet: it is unlocked at the customer's site",
        who: "broker-operator",
        ask: "Ask the broker's operator when the appliance of order {orderName} is dispatched.",
        steps: ["Prepare and dispatch the appliance (portal: Operations)", SHOW_STAGE],
        why: "Unlocking at the customer's site begins with the dispatch.",
      },
      returning: {
        message: "The appliance has left the customer's site, where it is unlocked",
        who: "broker-operator",
        ask: "Ask the broker's operator where the appliance of order {orderName} is.",
        steps: [
          "Move the order on once the appliance has arrived (portal: Operations)",
          SHOW_STAGE,
        ],
        why: "An appliance on its way back, or an export that was returned, does not have to be opened.",
      },
      ended: {
        message: "The order has ended: its appliance cannot be unlocked",
        who: "nobody",
        recoverable: "no",
        ask: "No action is needed: order {orderName} has ended.",
        steps: [SHOW_STAGE],
        why: "An order that has ended needs its key no longer.",
      },
      unlock: {
        message: "The order is at the customer's site: its appliance is only unlocked there",
        who: "site-operator",
        ask: "Unlock the appliance without a purpose; the datacenter's purposes are not allowed here.",
        steps: [SHOW_STAGE, unlockBy("databox-agent unlock")],
        why: "Reading an import belongs to the stages AtAzureDC and DataCopy, filling an export to DataCopy before the dispatch.",
      },
      ingest: {
        message: "The order is at the datacenter: its appliance is opened to read the import only",
        who: "site-operator",
        ask: "Open the appliance to read the import, at the datacenter.",
        steps: [SHOW_STAGE, unlockBy("databox-agent unlock --purpose ingest")],
        why: "The appliance has left the customer's site. Without a purpose, the agent asks for this one by itself.",
      },
      fill: {
        message: "The order is at the datacenter: its appliance is opened to fill the export only",
        who: "site-operator",
        ask: "Open the appliance to fill the export, at the datacenter.",
        steps: [SHOW_STAGE, unlockBy("databox-agent unlock --purpose fill")],
        why: "The appliance has not been dispatched. Without a purpose, the agent asks for this one by itself.",
      },
      network: {
        message:
          "The request comes from a network that the unlock policy does not name for this purpose",
        ask: "Open the appliance of order {orderName} at the datacenter, or ask the owner of the order which networks the policy names.",
        steps: [
          {
            text: "Compare the address in the message with the networks of the unlock policy; add its network if the appliance is at the datacenter",
            command: 'az rest --method get --url "{orderId}/unlockPolicy?api-version=2022-12-01"',
          },
        ],
        why: "The owner has restricted this purpose to the networks of the datacenter. An appliance that is still at the customer's site is refused, whatever the stage says.",
      },
    },
    why: "Preparing is allowed before dispatch, unlocking at the customer's site, reading an import and filling an export in the datacenter.",
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  LeaseInvalid: invalid(409, "site-operator", {
    title: "The lease is not valid",
    message: "The lease is unknown, has ended or belongs to another node",
    ask: "Unlock the appliance again.",
    steps: [{ text: "Unlock again to get a new lease", command: "databox-agent unlock" }],
    why: "A lease is renewed by the node that has it, in sequence, before it ends. A broker that was restored from a backup, or whose clock was wrong, does not know a newer lease.",
    meanwhile:
      "The agent's service asks for a new grant by itself. Without one, the volume stays open until the last lease and its outage grace period end, and is then closed.",
  }),
};
