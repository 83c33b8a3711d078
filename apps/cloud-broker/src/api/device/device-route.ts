import { DEVICE_MESSAGE_MAX_BYTES } from "@databox-cmk/protocol";

import type { Route, Schema } from "../../http/route.ts";
import type { DeviceDependencies } from "../../release/message/device-dependencies.ts";
import {
  type DeviceExchange,
  type Sender,
  serveDeviceMessage,
} from "../../release/message/serve-device-message.ts";

/** `typ` and payload of a signed message. */
type SignedMessage = readonly [type: string, payload: Schema];

/** A route for one kind of signed message. */
export function deviceRoute<Proven extends Sender>(
  dependencies: DeviceDependencies,
  path: string,
  row: {
    readonly summary: string;
    readonly request: SignedMessage;
    readonly answer: SignedMessage;
  },
  exchange: DeviceExchange<Proven>,
): Route {
  const {
    summary,
    request: [request, body],
    answer: [answer, view],
  } = row;
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
