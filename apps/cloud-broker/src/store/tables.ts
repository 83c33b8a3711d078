import { ofOrder, table, text, whole } from "./define-table.ts";

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
};
