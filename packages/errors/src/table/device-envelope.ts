import type { ErrorRow } from "../row.ts";
import { CONTACT_BROKER_OPERATOR, TRY_AGAIN } from "./steps.ts";

/** Envelopes and grants that do not fit. */
export const DEVICE_ENVELOPE_ERRORS = {
  EnvelopeMismatch: {
    title: "The appliance has another envelope",
    message: "The message names an envelope that is not the node's",
    class: "invalid",
    httpStatus: 409,
    who: "broker-operator",
    recoverable: "yes",
    ask: "Tell the broker's operator that node {serial} holds an envelope that is not its own.",
    steps: [
      {
        text: "Compare the envelope id of the agent with the node's",
        command: "databox-agent status",
        for: "site-operator",
      },
      {
        text: "If the database was restored from before a rekeying, have the node's envelope.jws sent, which is no secret, and put it back in force",
        command: "broker restore-envelope envelope.jws",
      },
      CONTACT_BROKER_OPERATOR,
    ],
    why: "Each node has one envelope, with an id. Another id belongs to another node or another preparation.",
    meanwhile: "The message is dropped before any call to the vault and noted in the audit trail.",
  },
  GenerationRollback: {
    title: "The appliance names a generation that never was",
    message: "The message names a higher envelope generation than the broker has",
    class: "invalid",
    httpStatus: 409,
    who: "broker-operator",
    recoverable: "yes",
    ask: "Tell the broker's operator that the broker is older than the envelope of node {serial}.",
    steps: [
      { text: "Find out whether the broker's database was restored from an old backup" },
      { text: "Restore the newest backup; re-wraps since the older one are missing" },
      {
        text: "Where there is no newer one, have the node's envelope.jws sent, which is no secret, and put it back in force",
        command: "broker restore-envelope envelope.jws",
      },
    ],
    why: "Generations only rise, and the broker makes them. A device with a higher one shows that the broker has lost data.",
    meanwhile: "The unlock is not decided; nothing is changed on either side.",
  },
  GrantRejected: {
    title: "The broker's grant is not valid",
    message: "The grant does not belong to this request or its signature is wrong",
    class: "invalid",
    httpStatus: 502,
    who: "site-operator",
    recoverable: "yes",
    ask: "Try again; if it happens again, tell the broker's operator that its grants are not accepted by node {serial}.",
    steps: [TRY_AGAIN, CONTACT_BROKER_OPERATOR],
    why: "A grant must be signed by a key that the agent learned at its enrolment and name the hash of the agent's own request.",
    meanwhile: "The volume stays locked and the grant is thrown away.",
  },
  EnvelopeRejected: {
    title: "The envelope is not valid",
    message: "The envelope is foreign, older than the one in place, or cannot be opened",
    class: "invalid",
    httpStatus: 502,
    who: "broker-operator",
    recoverable: "yes",
    ask: "Tell the broker's operator that the envelope of node {serial} cannot be opened.",
    steps: [
      TRY_AGAIN,
      {
        text: "Compare the node's envelope id and generation with the broker's, and send the stored envelope again",
      },
    ],
    why: "The envelope must carry the broker's signature, this order and this node, a generation that does not go down, and open with the granted key. Which of these failed is not said.",
    meanwhile: "The volume stays locked; the envelope in place is kept.",
  },
} as const satisfies Record<string, ErrorRow>;
