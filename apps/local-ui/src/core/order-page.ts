import type { LocalState } from "@databox-cmk/protocol";

/**
 * The order's page in the portal, which the broker serves; undefined before a person signs in at
 * the node.
 */
export function orderPage({
  order,
  broker,
}: Pick<LocalState["node"], "order" | "broker">): string | undefined {
  const [origin] = broker?.split(" ", 1) ?? [];
  const [, , subscription, , group, , , , name] = order?.split("/") ?? [];
  if (origin === undefined || name === undefined) return undefined;
  return URL.parse(`/portal/orders/${subscription}/${group}/${name}`, origin)?.href;
}
