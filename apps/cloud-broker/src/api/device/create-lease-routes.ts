import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import type { Route } from "../../http/route.ts";
import { createLeaseReceiptExchange } from "../../release/leases/lease-receipt.ts";
import type { LeaseWatches } from "../../release/leases/lease-watches.ts";
import { createRenewalExchange } from "../../release/leases/renewal.ts";
import { createWatchExchange } from "../../release/leases/watch.ts";
import type { DeviceDependencies } from "../../release/message/device-dependencies.ts";
import type { FindDevice } from "../../release/message/device-node.ts";
import { deviceRoute } from "./device-route.ts";

/** The device API's routes of one lease. */
export function createLeaseRoutes(
  dependencies: DeviceDependencies,
  findDevice: FindDevice,
  watches: Pick<LeaseWatches, "wait">,
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
      createWatchExchange(dependencies, findDevice, watches),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.leaseReceipts,
      createLeaseReceiptExchange(dependencies, findDevice),
    ),
  ];
}
