import { importVerifyKey, type SuiteName, type VerifyKey } from "@databox-cmk/crypto";
import { suiteName } from "@databox-cmk/protocol";

import type { OrderId } from "../core/order.ts";
import type { Store } from "../store/open-store.ts";

/** A node that is enrolled, and the stage of its order. */
export type DeviceNode = {
  readonly order: OrderId;
  readonly serial: string;
  readonly key: VerifyKey;
  readonly minimumSuite: SuiteName;
  readonly lastCounter: number;
  readonly stage: string;
};

/**
 * @param kid - thumbprint of the device key. Enrolments are immutable, so that it names one node or none.
 */
export async function findDevice(store: Store, kid: string): Promise<DeviceNode | undefined> {
  const row = await store
    .selectFrom("nodes")
    .innerJoin("orders", "orders.id", "nodes.order_id")
    .select([
      "nodes.order_id",
      "nodes.serial",
      "nodes.device_jwk_json",
      "nodes.minimum_suite",
      "nodes.last_counter",
      "orders.stage",
    ])
    .where("nodes.device_kid", "=", kid)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ids are stored as orderIdOf made them
    order: row.order_id as OrderId,
    serial: row.serial,
    key: importVerifyKey(JSON.parse(row.device_jwk_json ?? "null")),
    minimumSuite: suiteName.parse(row.minimum_suite),
    lastCounter: row.last_counter,
    stage: row.stage,
  };
}
