import type { Facts } from "@databox-cmk/errors";

import type { Settings } from "./settings.ts";

/** The facts about a node that are known also before it is prepared. */
export type NamedNode = Pick<Settings, "serial" | "order"> & {
  readonly connection: Pick<Settings["connection"], "brokerUrl">;
};

/**
 * The values for the placeholders of the steps that are shown at a node.
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
