import { FLEET_CALLS } from "@databox-cmk/protocol";

import type { Client } from "./client.ts";

/** Nodes in the field by lock state; counted at most every fifteen seconds. */
export function readFleet(client: Client, signal: AbortSignal) {
  return client.call(FLEET_CALLS.read, { params: {}, signal });
}

export function readBrokerHealth(client: Client, signal: AbortSignal) {
  return client.call(FLEET_CALLS.readHealth, { params: {}, signal });
}
