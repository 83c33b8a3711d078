import {
  acknowledgement,
  brokerKeysAnswer,
  challenge,
  challengeRequest,
  DEVICE_ROUTES,
  enrolment,
  erasurePermit,
  grant,
  journalHead,
  MESSAGE_TYPES,
  rekeyed,
  rekeyProposal,
  renewedLease,
  sanitised,
  DEVICE_MESSAGE_MAX_BYTES,
  type MessageType,
} from "@databox-cmk/protocol";

import type { Route, Schema } from "../../http/route.ts";
import { brokerKeysExchange } from "../../release/enrolment/broker-keys-exchange.ts";
import { createEnrolmentExchange } from "../../release/enrolment/enrolment.ts";
import { countersignExchange } from "../../release/erasure/countersign-erasure.ts";
import { permitExchange } from "../../release/erasure/permit-erasure.ts";
import { journalExchange } from "../../release/journal/journal-exchange.ts";
import { leaseReceiptExchange } from "../../release/leases/lease-receipt.ts";
import type { LeaseWatches } from "../../release/leases/lease-watches.ts";
import { renewalExchange } from "../../release/leases/renewal.ts";
import { createWatchExchange } from "../../release/leases/watch.ts";
import { answerChallenge } from "../../release/message/challenge.ts";
import type { DeviceDependencies } from "../../release/message/device-dependencies.ts";
import { createFindDevice } from "../../release/message/device-node.ts";
import {
  type DeviceExchange,
  type Sender,
  serveDeviceMessage,
} from "../../release/message/serve-device-message.ts";
import { confirmationExchange } from "../../release/rekey/confirm-rekey.ts";
import { proposalExchange } from "../../release/rekey/propose-rekey.ts";
import { receiptExchange } from "../../release/unlock/receipt.ts";
import { unlockExchange } from "../../release/unlock/unlock.ts";

const CHALLENGE_REQUEST_MAX_BYTES = 1024;

/**
 * The device API, protocol version 1. A challenge is public: it reveals nothing and stores nothing.
 */
export function createDeviceRoutes(
  dependencies: DeviceDependencies,
  watches: Pick<LeaseWatches, "wait">,
): readonly Route[] {
  const findDevice = createFindDevice(dependencies.store);
  return [
    {
      method: "POST",
      path: DEVICE_ROUTES.challenges,
      described: {
        summary: "Gives a node the nonce of its next message",
        body: challengeRequest,
        answers: { 200: challenge },
      },
      authentication: "public",
      reads: "json",
      maxBytes: CHALLENGE_REQUEST_MAX_BYTES,
      handle: (request) => answerChallenge(dependencies, request),
    },
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.enrolments,
      {
        summary:
          "Enrols a node by its one-time code; answers with its envelope and the broker's keys",
        answer: [MESSAGE_TYPES.enrolment, enrolment],
      },
      createEnrolmentExchange(dependencies),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.unlocks,
      {
        summary: "Decides whether a node may unlock now; a grant or a denial, both signed",
        answer: [MESSAGE_TYPES.grant, grant],
      },
      unlockExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.receipts,
      {
        summary: "Accepts a node's receipt for a grant",
        answer: [MESSAGE_TYPES.acknowledgement, acknowledgement],
      },
      receiptExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.brokerKeys,
      {
        summary: "Sends a node the current signing keys of the broker",
        answer: [MESSAGE_TYPES.brokerKeys, brokerKeysAnswer],
      },
      brokerKeysExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.journal,
      {
        summary: "Takes rows of a node's journal; answers with the countersigned head",
        answer: [MESSAGE_TYPES.journalHead, journalHead],
      },
      journalExchange(dependencies, findDevice),
    ),
    // A new unlock key for a node: proposed, and in force once its volume has accepted it.
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.rekeys,
      {
        summary: "Proposes another unlock key to a node that holds a live lease",
        answer: [MESSAGE_TYPES.rekeyProposal, rekeyProposal],
      },
      proposalExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.rekeyConfirmations,
      {
        summary:
          "Activates a proposed envelope after the volume has accepted its key; returns the active one",
        answer: [MESSAGE_TYPES.rekeyed, rekeyed],
      },
      confirmationExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.erasures,
      {
        summary: "Decides whether a node may be erased now",
        answer: [MESSAGE_TYPES.erasurePermit, erasurePermit],
      },
      permitExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.sanitisations,
      {
        summary: "Keeps and countersigns the certificate of an erased node",
        answer: [MESSAGE_TYPES.sanitised, sanitised],
      },
      countersignExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.renewals,
      {
        summary: "Renews the lease of an open volume, or orders to close it; both signed",
        answer: [MESSAGE_TYPES.lease, renewedLease],
      },
      renewalExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.leaseEvents,
      {
        summary: "Waits for changes of a lease, and answers when there is one or after a timeout",
        answer: [MESSAGE_TYPES.lease, renewedLease],
      },
      createWatchExchange(dependencies, findDevice, watches),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.leaseReceipts,
      {
        summary: "Takes a node's receipt of a volume that it closed, or of a drill",
        answer: [MESSAGE_TYPES.acknowledgement, acknowledgement],
      },
      leaseReceiptExchange(dependencies, findDevice),
    ),
  ];
}

/**
 * A route for one kind of signed message.
 *
 * @param row - its answer: `typ` and payload
 */
function deviceRoute<Proven extends Sender>(
  dependencies: DeviceDependencies,
  path: string,
  row: { readonly summary: string; readonly answer: readonly [MessageType, Schema] },
  exchange: DeviceExchange<Proven>,
): Route {
  const {
    summary,
    answer: [answer, view],
  } = row;
  const { type: request, schema: body } = exchange;
  return {
    method: "POST",
    path,
    described: { summary, body, answers: { 200: view }, signed: { request, answer } },
    authentication: "device",
    reads: "jose",
    maxBytes: DEVICE_MESSAGE_MAX_BYTES,
    handle: serveDeviceMessage(dependencies, exchange),
  };
}
