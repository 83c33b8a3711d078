import { DEVICE_MESSAGE_MAX_BYTES, type MessageType } from "@databox-cmk/protocol";

import type { Route, Schema } from "../../http/route.ts";
import type { DeviceDependencies } from "../../release/message/device-dependencies.ts";
import {
  type DeviceExchange,
  type Sender,
  serveDeviceMessage,
} from "../../release/message/serve-device-message.ts";

/**
 * A route for one kind of signed message.
 *
 * @param row - its answer: `typ` and payload
 */
export function deviceRoute<Proven extends Sender>(
  dependencies: DeviceDependencies,
  path: string,
  row: { readonly summary: string; readonly answer: readonly [MessageType, Schema] },
  exchange: DeviceExchange<Proven>,
): Route {
  const {
    summary,
    answer: [answer, view],
  } = row;
  const { type: request, schema: body } = exchange;
  return {
    method: "POST",
    path,
    described: { summary, body, answers: { 200: view }, signed: { request, answer } },
    authentication: "device",
    reads: "jose",
    maxBytes: DEVICE_MESSAGE_MAX_BYTES,
    handle: serveDeviceMessage(dependencies, exchange),
  };
}
