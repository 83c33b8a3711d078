import { deviceKeyGrade, type DeviceKeyGrade } from "@databox-cmk/protocol";

import type { EpochMs, OrderId } from "../core/order.ts";
import type { Store } from "../store/store.ts";

export type OrderNode = {
  readonly serial: string;
  readonly ordinal: number;
  /** Public key of the enrolled device, as JWK text. */
  readonly deviceJwkJson?: string | undefined;
  readonly deviceKeyGrade?: DeviceKeyGrade | undefined;
  readonly preparedAtMs?: EpochMs | undefined;
  readonly lastOutcome?: string | undefined;
  readonly lastSeenAtMs?: EpochMs | undefined;
  readonly acknowledgedGeneration?: number | undefined;
};

/** Nodes of an order by their ordinal; none before preparation. */
export async function readNodes(
  store: Pick<Store, "selectFrom">,
  order: OrderId,
): Promise<readonly OrderNode[]> {
  const rows = await store
    .selectFrom("nodes")
    .select([
      "serial",
      "ordinal",
      "device_jwk_json",
      "device_key_grade",
      "prepared_at_ms",
      "last_outcome",
      "last_seen_at_ms",
      "acknowledged_generation",
    ])
    .where("order_id", "=", order)
    .orderBy("ordinal")
    .execute();
  return rows.map((row) => ({
    serial: row.serial,
    ordinal: row.ordinal,
    deviceJwkJson: row.device_jwk_json ?? undefined,
    deviceKeyGrade:
      row.device_jwk_json === null
        ? undefined
        : deviceKeyGrade.parse(row.device_key_grade ?? "file"),
    preparedAtMs: row.prepared_at_ms ?? undefined,
    lastOutcome: row.last_outcome ?? undefined,
    lastSeenAtMs: row.last_seen_at_ms ?? undefined,
    acknowledgedGeneration: row.acknowledged_generation ?? undefined,
  }));
}
