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
} from "@databox-cmk/protocol";

import type { Route } from "../../http/route.ts";
import { createBrokerKeysExchange } from "../../release/enrolment/broker-keys-exchange.ts";
import { createEnrolmentExchange } from "../../release/enrolment/enrolment.ts";
import { createCountersignExchange } from "../../release/erasure/countersign-erasure.ts";
import { createPermitExchange } from "../../release/erasure/permit-erasure.ts";
import { createJournalExchange } from "../../release/journal/journal-exchange.ts";
import { createLeaseReceiptExchange } from "../../release/leases/lease-receipt.ts";
import type { LeaseWatches } from "../../release/leases/lease-watches.ts";
import { createRenewalExchange } from "../../release/leases/renewal.ts";
import { createWatchExchange } from "../../release/leases/watch.ts";
import { answerChallenge } from "../../release/message/challenge.ts";
import type { DeviceDependencies } from "../../release/message/device-dependencies.ts";
import { createFindDevice } from "../../release/message/device-node.ts";
import { createConfirmationExchange } from "../../release/rekey/confirm-rekey.ts";
import { createProposalExchange } from "../../release/rekey/propose-rekey.ts";
import { createReceiptExchange } from "../../release/unlock/receipt.ts";
import { createUnlockExchange } from "../../release/unlock/unlock.ts";
import { deviceRoute } from "./device-route.ts";

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
      createUnlockExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.receipts,
      {
        summary: "Accepts a node's receipt for a grant",
        answer: [MESSAGE_TYPES.acknowledgement, acknowledgement],
      },
      createReceiptExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.brokerKeys,
      {
        summary: "Sends a node the current signing keys of the broker",
        answer: [MESSAGE_TYPES.brokerKeys, brokerKeysAnswer],
      },
      createBrokerKeysExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.journal,
      {
        summary: "Takes rows of a node's journal; answers with the countersigned head",
        answer: [MESSAGE_TYPES.journalHead, journalHead],
      },
      createJournalExchange(dependencies, findDevice),
    ),
    // A new unlock key for a node: proposed, and in force once its volume has accepted it.
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.rekeys,
      {
        summary: "Proposes another unlock key to a node that holds a live lease",
        answer: [MESSAGE_TYPES.rekeyProposal, rekeyProposal],
      },
      createProposalExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.rekeyConfirmations,
      {
        summary:
          "Activates a proposed envelope after the volume has accepted its key; returns the active one",
        answer: [MESSAGE_TYPES.rekeyed, rekeyed],
      },
      createConfirmationExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.erasures,
      {
        summary: "Decides whether a node may be erased now",
        answer: [MESSAGE_TYPES.erasurePermit, erasurePermit],
      },
      createPermitExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.sanitisations,
      {
        summary: "Keeps and countersigns the certificate of an erased node",
        answer: [MESSAGE_TYPES.sanitised, sanitised],
      },
      createCountersignExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.renewals,
      {
        summary: "Renews the lease of an open volume, or orders to close it; both signed",
        answer: [MESSAGE_TYPES.lease, renewedLease],
      },
      createRenewalExchange(dependencies, findDevice),
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
      createLeaseReceiptExchange(dependencies, findDevice),
    ),
  ];
}
