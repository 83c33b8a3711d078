import { DEVICE_MESSAGE_MAX_BYTES, DEVICE_ROUTES } from "@databox-cmk/protocol";

import type { DeviceDependencies } from "../device/device-dependencies.ts";
import type { FindDevice } from "../device/device-node.ts";
import { serveDeviceMessage } from "../device/serve-device-message.ts";
import type { Route } from "../server/route.ts";
import { createLeaseReceiptExchange } from "./lease-receipt.ts";
import { createRenewalExchange } from "./renewal.ts";
import { createWatchExchange } from "./watch.ts";

/** The device API's routes of one lease. */
export function createLeaseRoutes(
  dependencies: DeviceDependencies,
  findDevice: FindDevice,
): readonly Route[] {
  const message = {
    method: "POST",
    authentication: "device",
    reads: "jose",
    maxBytes: DEVICE_MESSAGE_MAX_BYTES,
  } as const;
  return [
    {
      ...message,
      path: DEVICE_ROUTES.renewals,
      handle: serveDeviceMessage(dependencies, createRenewalExchange(dependencies, findDevice)),
    },
    {
      ...message,
      path: DEVICE_ROUTES.leaseEvents,
      handle: serveDeviceMessage(dependencies, createWatchExchange(dependencies, findDevice)),
    },
    {
      ...message,
      path: DEVICE_ROUTES.leaseReceipts,
      handle: serveDeviceMessage(
        dependencies,
        createLeaseReceiptExchange(dependencies, findDevice),
      ),
    },
  ];
}
