import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import type { DeviceDependencies } from "../device/device-dependencies.ts";
import type { FindDevice } from "../device/device-node.ts";
import { deviceRoute } from "../device/device-route.ts";
import type { Route } from "../http/route.ts";
import { createConfirmationExchange } from "./confirm-rekey.ts";
import { createProposalExchange } from "./propose-rekey.ts";

/** Another unlock key for a node, in two steps: proposed, and in force once its volume takes it. */
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
