import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import type { Route } from "../../http/route.ts";
import type { DeviceDependencies } from "../../release/message/device-dependencies.ts";
import type { FindDevice } from "../../release/message/device-node.ts";
import { createConfirmationExchange } from "../../release/rekey/confirm-rekey.ts";
import { createProposalExchange } from "../../release/rekey/propose-rekey.ts";
import { deviceRoute } from "./device-route.ts";

/**
 * A new unlock key for a node, in two steps: proposed, and in force once its volume has accepted
 * it.
 */
export function createRekeyRoutes(
  dependencies: DeviceDependencies,
  findDevice: FindDevice,
): readonly Route[] {
  return [
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.rekeys,
      createProposalExchange(dependencies, findDevice),
    ),
    deviceRoute(
      dependencies,
      DEVICE_ROUTES.rekeyConfirmations,
      createConfirmationExchange(dependencies, findDevice),
    ),
  ];
}
