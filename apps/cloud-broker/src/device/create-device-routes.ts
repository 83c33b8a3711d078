import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import type { Route } from "../http/route.ts";
import { createJournalExchange } from "../journal/journal-exchange.ts";
import { createLeaseRoutes } from "../leases/create-lease-routes.ts";
import { createRekeyRoutes } from "../rekey/create-rekey-routes.ts";
import { createBrokerKeysExchange } from "./broker-keys-exchange.ts";
import { answerChallenge } from "./challenge.ts";
import type { DeviceDependencies } from "./device-dependencies.ts";
import { createFindDevice } from "./device-node.ts";
import { deviceRoute } from "./device-route.ts";
import { createEnrolmentExchange } from "./enrolment.ts";
import { createReceiptExchange } from "./receipt.ts";
import { createUnlockExchange } from "./unlock.ts";

const CHALLENGE_REQUEST_MAX_BYTES = 1024;

/** The device API, protocol version 1. A challenge is public: it says nothing and keeps nothing. */
export function createDeviceRoutes(dependencies: DeviceDependencies): readonly Route[] {
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
    ...createLeaseRoutes(dependencies, findDevice),
  ];
}
