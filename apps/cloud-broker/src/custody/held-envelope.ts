import { parseEnvelope } from "@databox-cmk/crypto";

import type { OrderId } from "../core/order.ts";
import { compileOnce } from "../store/fast/compile-once.ts";
import type { Store } from "../store/store.ts";
import { type CurrentKey, currentKeyOf, selectCurrentKey } from "./current-key.ts";
import type { NodeEnvelope } from "./node-envelope.ts";
import { isNewest, kindOf, type StoredEnvelope } from "./stored-envelopes.ts";

/** A node's current envelope and the order's key, read at the same moment. */
export type HeldEnvelope = {
  readonly current: CurrentKey;
  readonly stored: StoredEnvelope;
  /** Set if the last use of the current key failed: the mark of that state. */
  readonly doubt: string | undefined;
};

const selectEnvelopeAndKey = compileOnce(
  (store, { order, serial }: { order: OrderId; serial: string }) =>
    selectCurrentKey(store, order)
      .innerJoin("envelopes", "envelopes.order_id", "order_keys.order_id")
      .leftJoin("primary_standings", "primary_standings.order_id", "order_keys.order_id")
      .select([
        "envelopes.generation",
        "envelopes.env",
        "envelopes.kid",
        "envelopes.jwe_json",
        "primary_standings.mark",
      ])
      .where("envelopes.serial", "=", serial)
      .where("envelopes.generation", "=", isNewest()),
);

/** One statement: envelope, key and identity of the same moment. */
export async function loadHeldEnvelope(
  store: Store,
  order: OrderId,
  serial: string,
): Promise<HeldEnvelope | undefined> {
  const [row] = await selectEnvelopeAndKey(store, { order, serial });
  if (row === undefined) return undefined;
  const { generation, env, kid, jwe_json: json } = row;
  const stored = { serial, generation, env, kid, envelope: parseEnvelope(json) };
  return { current: currentKeyOf(order, row), stored, doubt: row.mark ?? undefined };
}

/** The envelope as its node receives it. */
export function nodeEnvelopeOf({ current, stored }: HeldEnvelope): NodeEnvelope {
  return {
    order: current.order,
    serial: stored.serial,
    env: stored.env,
    generation: stored.generation,
    kid: stored.kid,
    // Most nodes hold it already, and are not sent it again.
    get jwe() {
      return stored.envelope.toJSON();
    },
    custody: kindOf(stored),
  };
}
