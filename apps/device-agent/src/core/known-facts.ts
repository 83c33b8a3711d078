import type { Facts } from "@databox-cmk/errors";

import type { Settings } from "./settings.ts";

/** What fills the placeholders of the steps that are shown at a node. */
export function knownFacts({ serial, connection, order }: Settings): Facts {
  return {
    serial,
    brokerUrl: connection.brokerUrl,
    orderId: order,
    orderName: order.split("/").at(-1) ?? "",
  };
}
