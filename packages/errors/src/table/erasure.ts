import type { WrittenStep } from "../row.ts";
import { invalid, refused } from "./classes.ts";

const SHOW_STATE = {
  text: "See how far the node is",
  command: "databox-agent status",
  for: "site-operator",
} as const satisfies WrittenStep;
const ERASE_AGAIN = {
  text: "Then erase the node again",
  command: "databox-agent erase",
  for: "site-operator",
} as const satisfies WrittenStep;
const NOTHING_ERASED = "Nothing is erased; the node and its volume are as they were.";

/** The erasure of a node at the end of its order. */
export const ERASURE_ERRORS = {
  ErasureForbidden: refused(409, "broker-operator", {
    title: "The node may not be erased now",
    message: "The order is in a stage in which its nodes may not be erased",
    ask: "Ask the broker's operator in which stage order {orderName} is; node {serial} may not be erased now.",
    steps: [
      "Let the order come to its end: the appliance returns, and its data is copied",
      ERASE_AGAIN,
    ],
    reasons: {
      copy: {
        message: "The copy of the data is not complete",
        steps: [
          "Report the end of the copy, or have the customer choose to clean up the device",
          ERASE_AGAIN,
        ],
        why: "The only copy of the customer's data may be on this node.",
      },
      failed: {
        message: "The order has failed, and its keys are not erased yet",
        steps: [
          "Erase the order first: this destroys its keys, and a person decides it",
          ERASE_AGAIN,
        ],
        why: "The data of an order that failed was never copied.",
      },
    },
    why: "An erasure cannot be undone. A node is erased after a completed copy, after the customer gave up its data (MoveToCleanUpDevice), or after the keys of its order were erased.",
    meanwhile: NOTHING_ERASED,
  }),
  ErasureSerialMismatch: invalid(409, "site-operator", {
    title: "This is another node",
    message: "The serial number that was typed is not that of this node",
    ask: "Compare the serial number on the appliance with that of this node, {serial}.",
    steps: [
      SHOW_STATE,
      {
        text: "Go to the node that is to be erased, and erase it there",
        command: "databox-agent erase",
      },
    ],
    why: "The serial number is typed so that the wrong node cannot be erased by mistake.",
    meanwhile: NOTHING_ERASED,
  }),
  ErasureUnverified: invalid(500, "broker-operator", {
    title: "The medium is not proven to be erased",
    message: "The medium was overwritten, but it does not read back as zeros",
    recoverable: "no",
    ask: "Tell the broker's operator that the medium of node {serial} cannot be erased and must be destroyed.",
    steps: [
      { text: "Erase the node again", command: "databox-agent erase", for: "site-operator" },
      "If it fails again, take the medium out and destroy it (NIST SP 800-88, Destroy)",
    ],
    why: "A broken medium may keep data in sectors that it can no longer write.",
    meanwhile: "The key slots are destroyed, and no certificate is made. The node opens nothing.",
  }),
  NodeErased: refused(409, "site-operator", {
    title: "The node is erased",
    message: "This node was erased and opens nothing",
    recoverable: "no",
    ask: "Prepare node {serial} for its next order; its keys and data are gone.",
    steps: [
      SHOW_STATE,
      "For the next order, keep the certificate elsewhere, remove the state folder {stateDir}, and prepare the node again",
    ],
    reasons: {
      erasing: {
        message: "The erasure of this node has begun and is not finished",
        recoverable: "yes",
        ask: "Finish the erasure of node {serial}.",
        steps: [
          SHOW_STATE,
          { text: "Finish the erasure", command: "databox-agent erase", for: "site-operator" },
        ],
        why: "An erasure that was interrupted goes on at the next start, or when the command is repeated.",
      },
    },
    why: "Its key slots, data, envelope, shares and device key were destroyed, and this was verified.",
    meanwhile: "The broker is not called; nothing is changed.",
  }),
};
