import type { Facts } from "@databox-cmk/errors";

import type { Settings } from "./settings.ts";

/** What is known of a node before it is prepared, too. */
export type NamedNode = Pick<Settings, "serial" | "order"> & {
  readonly connection: Pick<Settings["connection"], "brokerUrl">;
};

/**
 * What fills the placeholders of the steps that are shown at a node.
 *
 * @param node - as far as its settings could be read
 */
export function knownFacts(stateDir: string, node: NamedNode | undefined): Facts {
  if (node === undefined) return { stateDir };
  const { serial, connection, order } = node;
  return {
    stateDir,
    serial,
    brokerUrl: connection.brokerUrl,
    orderId: order,
    orderName: order.split("/").at(-1) ?? "",
  };
}
