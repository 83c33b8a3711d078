import * as z from "zod";

import type { FaultWorld } from "./world/fault-world.ts";
import type { Site } from "./world/site.ts";

const row = z.object({ row: z.record(z.string(), z.unknown()) });
const page = z.object({ value: z.array(row), nextLink: z.string().optional() });
const view = z.looseObject({
  properties: z.looseObject({}),
  nodes: z.array(
    z.object({
      serial: z.string(),
      enrolled: z.boolean(),
      preparedAt: z.string().optional(),
    }),
  ),
});

/**
 * Everything that the broker stores of an order: stages, key, identity, nodes. When a node was last
 * heard of is not state, and its verdict tells the fault itself.
 */
export async function readState(world: FaultWorld, site: Site): Promise<string> {
  const {
    verdict: _verdict,
    properties,
    ...order
  } = view.parse(await world.operatorView(site.order.id));
  return JSON.stringify({ ...order, properties: { ...properties, error: undefined } });
}

/** The newest row about the node, of any kind. */
export async function readLastAuditRow(
  world: FaultWorld,
  site: Site,
  by: "broker" | undefined,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  let last: Readonly<Record<string, unknown>> | undefined;
  let path: string | undefined = `${site.order.id}/activity`;
  while (path !== undefined) {
    const { body } = await world.job("GET", path, undefined, by);
    const { value, nextLink } = page.parse(body);
    for (const each of value) if (each.row["serial"] === site.serial) last = each.row;
    const skipToken: string | null =
      nextLink === undefined ? null : new URL(nextLink).searchParams.get("$skipToken");
    path =
      skipToken === null
        ? undefined
        : `${site.order.id}/activity?$skipToken=${encodeURIComponent(skipToken)}`;
  }
  return last;
}
