import { brokerHealthView, fleetView } from "@databox-cmk/protocol";

import type { Client } from "./client.ts";
import { operatorPath } from "./operator-path.ts";

/** Nodes in the field by lock state; counted at most every fifteen seconds. */
export function readFleet(client: Client, signal: AbortSignal) {
  return client.read(operatorPath("/fleet"), fleetView, { signal });
}

export function readBrokerHealth(client: Client, signal: AbortSignal) {
  return client.read(operatorPath("/health"), brokerHealthView, { signal });
}
