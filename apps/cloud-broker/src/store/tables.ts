import type { OrderId } from "../core/order.ts";
import { ofOrder, table, text, whole } from "./define-table.ts";
import type { Json } from "./json-column.ts";
import type { LostDecisions } from "./restore-record.ts";

/**
 * Tables, each by the name of the migration that makes it. One that has shipped is never edited;
 * another migration changes it, and adds the type of a new column to `BrokerTables`.
 */
export const TABLES = {
  /** The broker's own keys that were ever in use; `fingerprint`: SHA-256 of the file, in hex. */
  "0020-own-keys": table("own_keys", { name: text(), fingerprint: text(), since_ms: whole }, [
    "name",
    "fingerprint",
  ]),
  /**
   * In split custody: a node's own share of its key, encrypted to the recovery keys of its order.
   */
  "0021-device-shares": table(
    "device_shares",
    { order_id: ofOrder, serial: text(), env: text(), jwe_json: text(), created_at_ms: whole },
    ["order_id", "serial", "env"],
  ),
  /** A node's last message, its certificate of sanitisation, and the key that signed it. */
  "0022-sanitisations": table(
    "sanitisations",
    {
      order_id: ofOrder,
      serial: text(),
      certificate: text(),
      device_jwk_json: text(),
      created_at_ms: whole,
    },
    ["order_id", "serial"],
  ),
  /** Calls of vaults for a subscription's orders on a day (observability/vault-operations.ts). */
  "0025-vault-operations": table(
    "vault_operations",
    { day_ms: whole, subscription_id: text(), operations: whole },
    ["day_ms", "subscription_id"],
  ),
  /** One row: how often the database was noted to be alive (run/restore/). */
  "0027-restore-beats": table("restore_beats", { id: whole, beat: whole, at_ms: whole }, ["id"]),
  /** Each time that the database was found, or said, to be older than its record. */
  "0028-restores": table(
    "restores",
    {
      id: text(),
      found_at_ms: whole,
      /** Decisions after this time may be missing. */
      since_ms: whole,
      /** The lost decisions that the record knows. */
      lost_json: text<Json<LostDecisions>>(),
      /** The reason of the person who confirmed it; empty until then. */
      confirmed: text(),
    },
    ["id"],
  ),
  /**
   * Ids that calls of a customer's vault got on a day, until the day's row of the order's chain is
   * written (audit/vault-uses.ts). An order that is being created is not stored yet.
   */
  "0030-vault-uses": table(
    "vault_uses",
    { order_id: text<OrderId>(), day_ms: whole, seed: text(), calls: whole },
    ["order_id", "day_ms", "seed"],
  ),
  /** When work of the operator was last done, and whether it found no fault. */
  "0032-upkeep": table("upkeep", { work: text(), at_ms: whole, ok: whole }, ["work"]),
  /** Tenants of customers beside the service's own (callers/tenants.ts). */
  "0036-tenants": table(
    "tenants",
    {
      id: text(),
      name: text(),
      state: text<"connected" | "disconnected">(),
      since_ms: whole,
      changed_at_ms: whole,
      changed_by: text(),
    },
    ["id"],
  ),
  /** The tenant of a subscription; one without a row is of the service's own tenant. */
  "0037-subscription-tenants": table(
    "subscription_tenants",
    { subscription_id: text(), tenant_id: text(), since_ms: whole, recorded_by: text() },
    ["subscription_id"],
  ),
};
