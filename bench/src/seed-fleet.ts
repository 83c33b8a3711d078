import { randomBytes, randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

import { generateSigningKey, sealEnvelope } from "@databox-cmk/crypto";

import { STUB_TENANT, stubWrap, VERSIONS } from "./stub-wrapping.ts";

export type FleetNode = {
  readonly order: string;
  readonly serial: string;
  readonly lease: string;
  readonly privatePem: string;
  readonly env: string;
};

export const BOOT_ID = "00000000-0000-4000-8000-000000000001";
const GRACE_SECONDS = 86_400;
const TTL_SECONDS = 60;

type Row = Readonly<Record<string, string | number>>;

const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";

/** The customer's key, and the identity that asks for it. */
export type FleetKey = {
  readonly kid: string;
  readonly vaultResourceId: string;
  readonly identity: Row;
};

/** A key in the stub's vault. */
export const stubFleetKey = (vaultUrl: string): FleetKey => ({
  kid: `${vaultUrl}/keys/kek/${VERSIONS.first}`,
  vaultResourceId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/bench/providers/Microsoft.KeyVault/vaults/bench`,
  identity: {
    kind: "user",
    resource_id: "/identities/bench",
    tenant_id: STUB_TENANT,
    client_id: "00000000-0000-4000-8000-00000000000c",
    principal_id: "00000000-0000-4000-8000-00000000000d",
    epoch: 0,
  },
});

/**
 * Unlocked appliances, each with an order, an enrolled key, an envelope and a live lease, written
 * straight into the broker's database: what a real one goes through to get there is not what is
 * measured.
 *
 * @param key - the customer's key of them all, and the identity that asks for it
 */
export async function seedFleet(
  databaseFile: string,
  nodes: number,
  key: FleetKey,
): Promise<readonly FleetNode[]> {
  const database = new DatabaseSync(databaseFile);
  const nowMs = Date.now();
  const version = key.kid.slice(key.kid.lastIndexOf("/") + 1);
  const insert = (table: string, row: Row): void => {
    const names = Object.keys(row);
    database
      .prepare(
        `insert into ${table} (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`,
      )
      .run(...Object.values(row));
  };
  try {
    database.exec("pragma busy_timeout = 10000; begin immediate");
    const fleet: FleetNode[] = [];
    for (let index = 0; index < nodes; index += 1) {
      const name = `bench-${String(index)}`;
      const order = `/subscriptions/${SUBSCRIPTION}/resourcegroups/bench/providers/microsoft.databox/jobs/${name}`;
      const serial = `DBX-${name}`;
      const lease = randomUUID();
      const env = randomUUID();
      const { key: device, privatePem } = generateSigningKey();
      const cek = randomBytes(32);
      const envelope = await sealEnvelope({
        unlockKey: Buffer.from(`passkey-${String(index)}`),
        cek,
        context: { env, ord: order, dev: serial },
        recipients: [{ kid: key.kid, encryptedKey: stubWrap(version, cek) }],
      });
      insert("orders", {
        id: order,
        subscription_id: SUBSCRIPTION,
        resource_group: "bench",
        name,
        location: "westus",
        sku: "DataBox",
        transfer_type: "ImportToAzure",
        tags_json: "{}",
        details_json: JSON.stringify({
          dataImportDetails: [],
          dataExportDetails: [],
          preferences: {},
        }),
        state_json: JSON.stringify({ sku: {}, ownPasskey: false, prepared: true }),
        stage: "Delivered",
        stage_status: "Succeeded",
        identity_epoch: 0,
        revision: 1,
        created_at_ms: nowMs,
        created_by: "bench",
        updated_at_ms: nowMs,
        updated_by: "bench",
      });
      insert("order_stages", {
        order_id: order,
        stage: "Delivered",
        status: "Succeeded",
        entered_at_ms: nowMs,
      });
      insert("order_identities", { order_id: order, ...key.identity });
      insert("order_keys", {
        order_id: order,
        kek_type: "CustomerManaged",
        kek_url: key.kid.slice(0, key.kid.lastIndexOf("/")),
        kek_vault_resource_id: key.vaultResourceId,
        identity_type: "UserAssigned",
        identity_resource_id: key.identity["resource_id"] ?? "",
        kid: key.kid,
        revision: 1,
        key_address: key.kid.slice(0, key.kid.lastIndexOf("/")),
        follows_newest: 0,
      });
      insert("nodes", {
        order_id: order,
        serial,
        ordinal: 0,
        passkey_origin: "generated",
        device_kid: device.kid,
        device_jwk_json: JSON.stringify(device.publicJwk),
        minimum_suite: "X25519",
        last_counter: 0,
        prepared_at_ms: nowMs,
      });
      insert("envelopes", {
        order_id: order,
        serial,
        generation: 1,
        env,
        kid: key.kid,
        jwe_json: JSON.stringify(envelope.toJSON()),
        created_at_ms: nowMs,
      });
      insert("leases", {
        id: lease,
        order_id: order,
        serial,
        purpose: "unlock",
        grant_hash: randomBytes(32).toString("base64url"),
        boot_id: BOOT_ID,
        sequence: 0,
        last_counter: 0,
        state: "live",
        ttl_seconds: TTL_SECONDS,
        outage_grace_seconds: GRACE_SECONDS,
        granted_at_ms: nowMs,
        renewed_at_ms: nowMs,
      });
      fleet.push({ order, serial, lease, privatePem, env });
    }
    database.exec("commit; pragma wal_checkpoint(truncate)");
    return fleet;
  } finally {
    database.close();
  }
}
