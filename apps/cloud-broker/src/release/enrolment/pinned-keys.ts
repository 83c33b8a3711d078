import { isTerminalStage } from "../../core/stages.ts";
import { ofSameNode } from "../../store/of-same-node.ts";
import type { Store } from "../../store/store.ts";
import type { Sender } from "../message/serve-device-message.ts";

/**
 * Records which of the broker's keys (RFC 7638 thumbprints) a device has pinned, as the device
 * reports them.
 */
export async function notePinnedKeys(
  store: Store,
  { order, serial }: Sender,
  kids: readonly string[],
  nowMs: number,
): Promise<void> {
  const said = { kids_json: JSON.stringify(kids), at_ms: nowMs };
  await store
    .insertInto("pinned_broker_keys")
    .values({ order_id: order, serial, ...said })
    .onConflict((conflict) => conflict.columns(["order_id", "serial"]).doUpdateSet(said))
    .execute();
}

/** Enrolled devices that would refuse an answer signed by this key, as far as is known. */
export async function findWithoutKey(
  store: Store,
  kid: string,
): Promise<readonly { readonly order: string; readonly serial: string }[]> {
  const rows = await store
    .selectFrom("nodes")
    .leftJoin("pinned_broker_keys", ofSameNode("pinned_broker_keys", "nodes"))
    .innerJoin("orders", "orders.id", "nodes.order_id")
    .select(["nodes.order_id", "nodes.serial", "pinned_broker_keys.kids_json", "orders.stage"])
    .where("nodes.device_kid", "is not", null)
    .execute();
  const isPinned = (kids: string | null) => kids?.includes(JSON.stringify(kid)) ?? false;
  return rows
    .filter(({ stage, kids_json }) => !isTerminalStage(stage) && !isPinned(kids_json))
    .map((row) => ({ order: row.order_id, serial: row.serial }));
}
