import { type Envelope, parseEnvelope } from "@databox-cmk/crypto";
import type { Custody } from "@databox-cmk/protocol";
import { sql } from "kysely";

import type { EpochMs, OrderId } from "../core/order.ts";
import { ofSameNode } from "../store/of-same-node.ts";
import type { Store } from "../store/store.ts";

export type StoredEnvelope = {
  readonly serial: string;
  readonly generation: number;
  readonly env: string;
  readonly kid: string;
  readonly envelope: Envelope;
};

/** Whether the envelope holds a share: then its plaintext opens nothing. */
export const isSplit = ({ envelope }: Pick<StoredEnvelope, "envelope">): boolean =>
  envelope.context.cus !== undefined;

export const kindOf = (stored: Pick<StoredEnvelope, "envelope">): Custody["kind"] =>
  isSplit(stored) ? "split" : "escrow";

/** The current envelope of each node, in the order of the nodes. */
export async function loadCurrentEnvelopes(
  store: Store,
  order: OrderId,
): Promise<readonly (StoredEnvelope & { readonly createdAtMs: EpochMs })[]> {
  const rows = await store
    .selectFrom("envelopes")
    .leftJoin("nodes", ofSameNode("nodes", "envelopes"))
    .select([
      "envelopes.serial",
      "envelopes.generation",
      "envelopes.env",
      "envelopes.kid",
      "envelopes.jwe_json",
      "envelopes.created_at_ms",
    ])
    .where("envelopes.order_id", "=", order)
    .where("envelopes.generation", "=", isNewest())
    .orderBy("nodes.ordinal")
    .orderBy("envelopes.serial")
    .execute();
  return rows.map(
    ({ serial, generation, env, kid, jwe_json: json, created_at_ms: createdAtMs }) => ({
      serial,
      createdAtMs,
      generation,
      env,
      kid,
      envelope: parseEnvelope(json),
    }),
  );
}

/** Highest generation of the row's node. */
export function isNewest() {
  return sql<number>`(select max(newer.generation) from envelopes as newer
    where newer.order_id = envelopes.order_id and newer.serial = envelopes.serial)`;
}
