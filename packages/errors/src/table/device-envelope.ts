import { invalid } from "./classes.ts";
import { CONTACT_BROKER_OPERATOR, TRY_AGAIN } from "./steps.ts";

/** Envelopes and grants that do not fit. */
export const DEVICE_ENVELOPE_ERRORS = {
  EnvelopeMismatch: invalid(409, "broker-operator", {
    title: "The appliance has another envelope",
    message: "The message names an envelope that is not the node's",
    ask: "Tell the broker's operator that node {serial} holds an envelope that is not its own.",
    steps: [
      {
        text: "Compare the envelope id of the agent with the node's",
        command: "databox-agent status",
        for: "site-operator",
      },
      {
        text: "If the database was restored to a time before a rekeying, have the node's envelope.jws sent (it is not secret), and put it back in force",
        command: "broker restore-envelope envelope.jws",
      },
      CONTACT_BROKER_OPERATOR,
    ],
    why: "Each node has one envelope, with an id. Another id belongs to another node or another preparation.",
    meanwhile: "The message is dropped before any call to the vault and noted in the audit trail.",
  }),
  GenerationRollback: invalid(409, "broker-operator", {
    title: "The appliance names an unknown generation",
    message: "The message names a higher envelope generation than the broker has",
    ask: "Tell the broker's operator that the broker is older than the envelope of node {serial}.",
    steps: [
      "Find out whether the broker's database was restored from an old backup",
      "Restore the newest backup; re-wraps since the older one are missing",
      {
        text: "If there is no newer one, have the node's envelope.jws sent (it is not secret), and put it back in force",
        command: "broker restore-envelope envelope.jws",
      },
    ],
    why: "Generations only increase, and the broker assigns them. A device with a higher one shows that the broker has lost data.",
    meanwhile: "The unlock is not decided; nothing is changed on either side.",
  }),
  GrantRejected: invalid(502, "site-operator", {
    title: "The broker's grant is not valid",
    message: "The grant does not belong to this request or its signature is wrong",
    ask: "Try again; if it happens again, tell the broker's operator that its grants are not accepted by node {serial}.",
    steps: [TRY_AGAIN, CONTACT_BROKER_OPERATOR],
    why: "A grant must be signed by a key that the agent learned at its enrolment and name the hash of the agent's own request.",
    meanwhile: "The volume stays locked and the grant is discarded.",
  }),
  EnvelopeRejected: invalid(502, "broker-operator", {
    title: "The envelope is not valid",
    message:
      "The envelope is not for this node, is older than the current one, or cannot be opened",
    ask: "Tell the broker's operator that the envelope of node {serial} cannot be opened.",
    steps: [
      TRY_AGAIN,
      "Compare the node's envelope id and generation with the broker's, and send the stored envelope again",
    ],
    why: "The envelope must have the broker's signature, name this order and this node, have a generation that is not lower, and open with the granted key. The error does not say which of these failed.",
    meanwhile: "The volume stays locked; the current envelope is kept.",
    reasons: {
      escrow: {
        message:
          "The envelope is of escrow custody: with it the broker could open the volume. This node's custody is split, or split custody was asked for at the node",
        who: "order-owner",
        ask: "Ask the owner of order {orderName} whether its unlock policy says split custody.",
        steps: [
          "If the order is in escrow, choose split custody (portal: order > Unlock policy), and try again",
          "If the unlock policy says split already, do not use the appliance, and tell your security administrator: the broker may have been taken over",
        ],
        meanwhile: "Nothing was changed on the volume.",
      },
    },
  }),
};
