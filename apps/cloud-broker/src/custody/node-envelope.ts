import type { Kysely } from "kysely";

import type { OrderId } from "../core/order.ts";
import { compileOnce } from "../store/compile-once.ts";
import type { BrokerTables } from "../store/schema.ts";
import type { NodeEnvelope } from "./key-custody.ts";
import { isNewest } from "./stored-envelopes.ts";

const selectEnvelope = compileOnce((store, { order, serial }: { order: string; serial: string }) =>
  store
    .selectFrom("envelopes")
    .select(["env", "generation", "kid", "jwe_json"])
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("generation", "=", isNewest()),
);

export async function loadNodeEnvelope(
  store: Kysely<BrokerTables>,
  order: OrderId,
  serial: string,
): Promise<NodeEnvelope | undefined> {
  const [row] = await selectEnvelope(store, { order, serial });
  if (row === undefined) return undefined;
  const { env, generation, kid } = row;
  const jwe: unknown = JSON.parse(row.jwe_json);
  return { order, serial, env, generation, kid, jwe };
}
