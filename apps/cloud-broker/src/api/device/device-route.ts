import { DEVICE_MESSAGE_MAX_BYTES } from "@databox-cmk/protocol";

import type { Route } from "../../http/route.ts";
import type { DeviceDependencies } from "../../release/message/device-dependencies.ts";
import {
  type DeviceExchange,
  type Sender,
  serveDeviceMessage,
} from "../../release/message/serve-device-message.ts";

/** A route for one kind of signed message. */
export function deviceRoute<Proven extends Sender>(
  dependencies: DeviceDependencies,
  path: string,
  exchange: DeviceExchange<Proven>,
): Route {
  return {
    method: "POST",
    path,
    authentication: "device",
    reads: "jose",
    maxBytes: DEVICE_MESSAGE_MAX_BYTES,
    handle: serveDeviceMessage(dependencies, exchange),
  };
}
