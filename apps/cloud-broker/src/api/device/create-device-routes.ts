import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import type { Route } from "../../http/route.ts";
import { createBrokerKeysExchange } from "../../release/enrolment/broker-keys-exchange.ts";
import { createEnrolmentExchange } from "../../release/enrolment/enrolment.ts";
import { createJournalExchange } from "../../release/journal/journal-exchange.ts";
import type { LeaseWatches } from "../../release/leases/lease-watches.ts";
import { answerChallenge } from "../../release/message/challenge.ts";
import type { DeviceDependencies } from "../../release/message/device-dependencies.ts";
import { createFindDevice } from "../../release/message/device-node.ts";
import { createReceiptExchange } from "../../release/unlock/receipt.ts";
import { createUnlockExchange } from "../../release/unlock/unlock.ts";
import { createLeaseRoutes } from "./create-lease-routes.ts";
import { createRekeyRoutes } from "./create-rekey-routes.ts";
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
      authentication: "public",
      reads: "json",
      maxBytes: CHALLENGE_REQUEST_MAX_BYTES,
      handle: (request) => answerChallenge(dependencies, request),
    },
    deviceRoute(dependencies, DEVICE_ROUTES.enrolments, createEnrolmentExchange(dependencies)),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.unlocks,
      createUnlockExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.receipts,
      createReceiptExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.brokerKeys,
      createBrokerKeysExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.journal,
      createJournalExchange(dependencies, findDevice),
    ),
    ...createRekeyRoutes(dependencies, findDevice),
    ...createLeaseRoutes(dependencies, findDevice, watches),
  ];
}
