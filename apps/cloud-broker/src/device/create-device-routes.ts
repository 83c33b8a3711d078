import { DEVICE_MESSAGE_MAX_BYTES, DEVICE_ROUTES } from "@databox-cmk/protocol";

import { createJournalExchange } from "../journal/journal-exchange.ts";
import { createLeaseRoutes } from "../leases/create-lease-routes.ts";
import { createRekeyRoutes } from "../rekey/create-rekey-routes.ts";
import type { Route } from "../server/route.ts";
import { createBrokerKeysExchange } from "./broker-keys-exchange.ts";
import { answerChallenge } from "./challenge.ts";
import type { DeviceDependencies } from "./device-dependencies.ts";
import { createFindDevice } from "./device-node.ts";
import { createEnrolmentExchange } from "./enrolment.ts";
import { createReceiptExchange } from "./receipt.ts";
import { serveDeviceMessage } from "./serve-device-message.ts";
import { createUnlockExchange } from "./unlock.ts";

const CHALLENGE_REQUEST_MAX_BYTES = 1024;

/** The device API, protocol version 1. A challenge is public: it says nothing and keeps nothing. */
export function createDeviceRoutes(dependencies: DeviceDependencies): readonly Route[] {
  const findDevice = createFindDevice(dependencies.store);
  const message = {
    method: "POST",
    authentication: "device",
    reads: "jose",
    maxBytes: DEVICE_MESSAGE_MAX_BYTES,
  } as const;
  return [
    {
      method: "POST",
      path: DEVICE_ROUTES.challenges,
      authentication: "public",
      reads: "json",
      maxBytes: CHALLENGE_REQUEST_MAX_BYTES,
      handle: (request) => answerChallenge(dependencies, request),
    },
    {
      ...message,
      path: DEVICE_ROUTES.enrolments,
      handle: serveDeviceMessage(dependencies, createEnrolmentExchange(dependencies)),
    },
    {
      ...message,
      path: DEVICE_ROUTES.unlocks,
      handle: serveDeviceMessage(dependencies, createUnlockExchange(dependencies, findDevice)),
    },
    {
      ...message,
      path: DEVICE_ROUTES.receipts,
      handle: serveDeviceMessage(dependencies, createReceiptExchange(dependencies, findDevice)),
    },
    {
      ...message,
      path: DEVICE_ROUTES.brokerKeys,
      handle: serveDeviceMessage(dependencies, createBrokerKeysExchange(dependencies, findDevice)),
    },
    {
      ...message,
      path: DEVICE_ROUTES.journal,
      handle: serveDeviceMessage(dependencies, createJournalExchange(dependencies, findDevice)),
    },
    ...createRekeyRoutes(dependencies, findDevice),
    ...createLeaseRoutes(dependencies, findDevice),
  ];
}
