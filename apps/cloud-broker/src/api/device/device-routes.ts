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
import { countersignExchange, permitExchange } from "../../release/erasure/erase-node.ts";
import { journalExchange } from "../../release/journal/journal-exchange.ts";
import { leaseReceiptExchange } from "../../release/leases/lease-receipt.ts";
import { renewalExchange } from "../../release/leases/renewal.ts";
import { watchExchange } from "../../release/leases/watch.ts";
import { answerChallenge } from "../../release/message/challenge.ts";
import type { DeviceDependencies } from "../../release/message/device-dependencies.ts";
import {
  type DeviceExchange,
  type Sender,
  serveDeviceMessage,
} from "../../release/message/serve-device-message.ts";
import { proposalExchange, confirmationExchange } from "../../release/rekey/propose-rekey.ts";
import { receiptExchange } from "../../release/unlock/receipt.ts";
import { unlockExchange } from "../../release/unlock/unlock.ts";

const CHALLENGE_REQUEST_MAX_BYTES = 1024;

/**
 * The device API, protocol version 1. A challenge is public: it reveals nothing and stores nothing.
 */
export function createDeviceRoutes(dependencies: DeviceDependencies): readonly Route[] {
  /** @param answer - `typ` and payload */
  const deviceRoute = <Proven extends Sender>(
    path: string,
    summary: string,
    [answer, view]: readonly [MessageType, Schema],
    verb: (dependencies: DeviceDependencies) => DeviceExchange<Proven>,
  ): Route => {
    const exchange = verb(dependencies);
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
  };
  return [
    // Not a device exchange: a challenge is asked for and answered without a signature, in plain
    // JSON, and a refusal is an ARM error, which no device trusts.
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
      DEVICE_ROUTES.enrolments,
      "Enrols a node by its one-time code; answers with its envelope and the broker's keys",
      [MESSAGE_TYPES.enrolment, enrolment],
      createEnrolmentExchange,
    ),
    deviceRoute(
      DEVICE_ROUTES.unlocks,
      "Decides whether a node may unlock now; a grant or a denial, both signed",
      [MESSAGE_TYPES.grant, grant],
      unlockExchange,
    ),
    deviceRoute(
      DEVICE_ROUTES.receipts,
      "Accepts a node's receipt for a grant",
      [MESSAGE_TYPES.acknowledgement, acknowledgement],
      receiptExchange,
    ),
    deviceRoute(
      DEVICE_ROUTES.brokerKeys,
      "Sends a node the current signing keys of the broker",
      [MESSAGE_TYPES.brokerKeys, brokerKeysAnswer],
      brokerKeysExchange,
    ),
    deviceRoute(
      DEVICE_ROUTES.journal,
      "Takes rows of a node's journal; answers with the countersigned head",
      [MESSAGE_TYPES.journalHead, journalHead],
      journalExchange,
    ),
    // A new unlock key for a node: proposed, and in force once its volume has accepted it.
    deviceRoute(
      DEVICE_ROUTES.rekeys,
      "Proposes another unlock key to a node that holds a live lease",
      [MESSAGE_TYPES.rekeyProposal, rekeyProposal],
      proposalExchange,
    ),
    deviceRoute(
      DEVICE_ROUTES.rekeyConfirmations,
      "Activates a proposed envelope after the volume has accepted its key; returns the active one",
      [MESSAGE_TYPES.rekeyed, rekeyed],
      confirmationExchange,
    ),
    deviceRoute(
      DEVICE_ROUTES.erasures,
      "Decides whether a node may be erased now",
      [MESSAGE_TYPES.erasurePermit, erasurePermit],
      permitExchange,
    ),
    deviceRoute(
      DEVICE_ROUTES.sanitisations,
      "Keeps and countersigns the certificate of an erased node",
      [MESSAGE_TYPES.sanitised, sanitised],
      countersignExchange,
    ),
    deviceRoute(
      DEVICE_ROUTES.renewals,
      "Renews the lease of an open volume, or orders to close it; both signed",
      [MESSAGE_TYPES.lease, renewedLease],
      renewalExchange,
    ),
    deviceRoute(
      DEVICE_ROUTES.leaseEvents,
      "Waits for changes of a lease, and answers when there is one or after a timeout",
      [MESSAGE_TYPES.lease, renewedLease],
      watchExchange,
    ),
    deviceRoute(
      DEVICE_ROUTES.leaseReceipts,
      "Takes a node's receipt of a volume that it closed, or of a drill",
      [MESSAGE_TYPES.acknowledgement, acknowledgement],
      leaseReceiptExchange,
    ),
  ];
}
