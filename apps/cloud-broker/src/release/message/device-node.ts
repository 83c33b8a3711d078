import { importVerifyKey, type SuiteName, type VerifyKey } from "@databox-cmk/crypto";
import { suiteName, type DeviceKeyGrade } from "@databox-cmk/protocol";

import { LeastRecentlyUsed } from "../../core/least-recently-used.ts";
import type { OrderId } from "../../core/order.ts";
import type { TransferStage } from "../../core/unlock-purposes.ts";
import { compileOnce } from "../../store/fast/compile-once.ts";
import { readAtOnce } from "../../store/fast/send-at-once.ts";
import type { Store } from "../../store/store.ts";

/** An enrolled node, and the stage of its order. */
export type DeviceNode = TransferStage & {
  readonly order: OrderId;
  readonly serial: string;
  readonly key: VerifyKey;
  readonly minimumSuite: SuiteName;
  readonly lastCounter: number;
  /** The node's own claim at its enrolment. */
  readonly deviceKeyGrade: DeviceKeyGrade;
};

export type FindDevice = (kid: string) => Promise<DeviceNode | undefined>;

/**
 * Size of the cache of imported keys: importing a key takes a quarter of a verification. Each takes
 * 2.5 kB.
 */
const KEYS_MAX = 1_000;

const selectDevice = compileOnce((store, { kid }: { kid: string }) =>
  store
    .selectFrom("nodes")
    .innerJoin("orders", "orders.id", "nodes.order_id")
    .select([
      "nodes.order_id",
      "nodes.serial",
      "nodes.device_jwk_json",
      "nodes.minimum_suite",
      "nodes.last_counter",
      "nodes.device_key_grade",
      "orders.stage",
      "orders.transfer_type",
    ])
    .where("nodes.device_kid", "=", kid),
);

/**
 * @returns a lookup by the thumbprint of the device key. Enrolments are immutable, so a thumbprint
 * names one node or none. Every lookup queries the database; only the imported key is cached.
 */
export function createFindDevice(store: Store): FindDevice {
  const keys = new LeastRecentlyUsed<string, VerifyKey>(KEYS_MAX);
  const keyOf = (kid: string, jwkJson: string | null): VerifyKey => {
    const kept = keys.get(kid);
    if (kept !== undefined) return kept;
    const key = importVerifyKey(JSON.parse(jwkJson ?? "null"));
    keys.set(kid, key);
    return key;
  };
  return async (kid) => {
    const [row] = await readAtOnce(store, (at) => selectDevice(at, { kid }));
    if (row === undefined) return undefined;
    return {
      order: row.order_id,
      serial: row.serial,
      key: keyOf(kid, row.device_jwk_json),
      minimumSuite: suiteName.parse(row.minimum_suite),
      lastCounter: row.last_counter,
      stage: row.stage,
      transferType: row.transfer_type,
      deviceKeyGrade: row.device_key_grade ?? "file",
    };
  };
}
