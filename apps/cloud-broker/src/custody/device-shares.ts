import { CryptoError, type Envelope, parseEnvelope } from "@databox-cmk/crypto";
import type { Kysely, Transaction } from "kysely";

import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import type { BrokerTables } from "../store/schema.ts";
import { loadBackupKeys } from "./backup-keys.ts";
import { isSplit, loadCurrentEnvelopes } from "./stored-envelopes.ts";

type Node = { readonly order: OrderId; readonly serial: string };

/**
 * A node's own share, encrypted to recovery keys: the broker keeps it, and cannot open it.
 *
 * @param untrusted - extension `deviceShare` of the node's message; undefined without one
 */
export function parseDeviceShare(
  untrusted: unknown,
  { order, serial }: Node,
): Outcome<Envelope | undefined> {
  if (untrusted === undefined) return { ok: true, value: undefined };
  try {
    const share = parseEnvelope(untrusted);
    const { ord, dev, cus } = share.context;
    if (ord !== order || dev !== serial || cus !== "split-device")
      return malformed("not a share of this node");
    return { ok: true, value: share };
  } catch (error) {
    if (error instanceof CryptoError) return malformed(error.message);
    throw error;
  }
}

function malformed(detail: string): Outcome<never> {
  return {
    ok: false,
    failure: { code: "DeviceMessageMalformed", detail: `extensions.deviceShare: ${detail}` },
  };
}

/** Kept as it came first: a node's share of an envelope never changes. */
export async function storeDeviceShare(
  transaction: Transaction<BrokerTables>,
  { order, serial }: Node,
  share: Envelope,
  nowMs: number,
): Promise<void> {
  await transaction
    .insertInto("device_shares")
    .values({
      order_id: order,
      serial,
      env: share.context.env,
      jwe_json: JSON.stringify(share.toJSON()),
      created_at_ms: nowMs,
    })
    .onConflict((conflict) => conflict.columns(["order_id", "serial", "env"]).doNothing())
    .execute();
}

/** The shares of the envelopes in force, by serial number. */
export async function loadDeviceShares(
  store: Kysely<BrokerTables>,
  order: OrderId,
): Promise<ReadonlyMap<string, Envelope>> {
  const current = new Set((await loadCurrentEnvelopes(store, order)).map(({ env }) => env));
  const rows = await store
    .selectFrom("device_shares")
    .select(["serial", "env", "jwe_json"])
    .where("order_id", "=", order)
    .execute();
  return new Map(
    rows
      .filter(({ env }) => current.has(env))
      .map(({ serial, jwe_json: json }) => [serial, parseEnvelope(json)]),
  );
}

/** The split nodes whose share none of the order's recovery keys opens. */
export async function findUnrecoverable(
  store: Kysely<BrokerTables>,
  order: OrderId,
): Promise<readonly string[]> {
  const split = (await loadCurrentEnvelopes(store, order)).filter(isSplit);
  if (split.length === 0) return [];
  const kids = new Set((await loadRecoveryKeys(store, order)).map(({ kid }) => kid));
  const shares = await loadDeviceShares(store, order);
  return split
    .filter(({ serial }) => !shares.get(serial)?.recipients.some(({ kid }) => kids.has(kid)))
    .map(({ serial }) => serial);
}

/** The keys that only the customer holds. */
export async function loadRecoveryKeys(store: Kysely<BrokerTables>, order: OrderId) {
  const backups = await loadBackupKeys(store, order);
  return backups.flatMap((backup) => (backup.kind === "recovery" ? [backup.key] : []));
}

/** Extension `recoveryKeys` of an answer with a split envelope; none without such a key. */
export async function offerRecoveryKeys(
  store: Kysely<BrokerTables>,
  order: OrderId,
): Promise<{ readonly extensions?: Record<string, unknown> }> {
  const keys = await loadRecoveryKeys(store, order);
  return keys.length === 0 ? {} : { extensions: { recoveryKeys: keys.map(({ jwk }) => jwk) } };
}
