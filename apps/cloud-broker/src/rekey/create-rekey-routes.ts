import { DEVICE_MESSAGE_MAX_BYTES, DEVICE_ROUTES } from "@databox-cmk/protocol";

import type { DeviceDependencies } from "../device/device-dependencies.ts";
import type { FindDevice } from "../device/device-node.ts";
import { serveDeviceMessage } from "../device/serve-device-message.ts";
import type { Route } from "../server/route.ts";
import { createConfirmationExchange } from "./confirm-rekey.ts";
import { createProposalExchange } from "./propose-rekey.ts";

/** Another unlock key for a node, in two steps: proposed, and in force once its volume takes it. */
export function createRekeyRoutes(
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
      path: DEVICE_ROUTES.rekeys,
      handle: serveDeviceMessage(dependencies, createProposalExchange(dependencies, findDevice)),
    },
    {
      ...message,
      path: DEVICE_ROUTES.rekeyConfirmations,
      handle: serveDeviceMessage(
        dependencies,
        createConfirmationExchange(dependencies, findDevice),
      ),
    },
  ];
}
