import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import type { DeviceDependencies } from "../device/device-dependencies.ts";
import type { FindDevice } from "../device/device-node.ts";
import { deviceRoute } from "../device/device-route.ts";
import type { Route } from "../http/route.ts";
import { createLeaseReceiptExchange } from "./lease-receipt.ts";
import { createRenewalExchange } from "./renewal.ts";
import { createWatchExchange } from "./watch.ts";

/** The device API's routes of one lease. */
export function createLeaseRoutes(
  dependencies: DeviceDependencies,
  findDevice: FindDevice,
): readonly Route[] {
  return [
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.renewals,
      createRenewalExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.leaseEvents,
      createWatchExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.leaseReceipts,
      createLeaseReceiptExchange(dependencies, findDevice),
    ),
  ];
}
