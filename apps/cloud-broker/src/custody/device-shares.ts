import { CryptoError, type Envelope, parseEnvelope } from "@databox-cmk/crypto";

import { malformed } from "../core/failed.ts";
import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import { loadBackupKeys } from "./backup-keys.ts";
import type { NodeEnvelope } from "./node-envelope.ts";
import { isNewest, isSplit, type StoredEnvelope } from "./stored-envelopes.ts";

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
      return malformed("extensions.deviceShare: not a share of this node");
    return { ok: true, value: share };
  } catch (error) {
    if (error instanceof CryptoError) return malformed(`extensions.deviceShare: ${error.message}`);
    throw error;
  }
}

/** Refuses the share of an envelope that the node does not have: nothing would ask for it. */
export async function requireShareOfEnvelope(
  store: StoreTransaction,
  { order, serial }: Node,
  share: Envelope | undefined,
): Promise<Outcome<undefined>> {
  if (share === undefined) return nothing;
  const held = await store
    .selectFrom("envelopes")
    .select("env")
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("env", "=", share.context.env)
    .executeTakeFirst();
  return held === undefined ? ofAnotherEnvelope : nothing;
}

/**
 * Refuses a share that is not of the proposal. A proposal that the broker no longer knows decides
 * nothing: it is not put in force, and its node learns that from the answer.
 */
export async function requireShareOfProposal(
  store: Store,
  { order, serial }: Node,
  rekey: string,
  share: Envelope | undefined,
): Promise<Outcome<undefined>> {
  if (share === undefined) return nothing;
  const proposed = await store
    .selectFrom("rekeys")
    .select("env")
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("id", "=", rekey)
    .executeTakeFirst();
  const isOfAnother = proposed !== undefined && proposed.env !== share.context.env;
  return isOfAnother ? ofAnotherEnvelope : nothing;
}

const nothing = { ok: true, value: undefined } as const;
const ofAnotherEnvelope = malformed("extensions.deviceShare: of another envelope");

/**
 * Kept as it came first: a node's share of an envelope never changes.
 *
 * @returns the recovery keys that open it, for the audit row
 */
export async function storeDeviceShare(
  transaction: StoreTransaction,
  { order, serial }: Node,
  share: Envelope | undefined,
  nowMs: number,
): Promise<string | undefined> {
  if (share === undefined) return undefined;
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
  return share.recipients.map(({ kid }) => kid).join(" ");
}

/**
 * The shares for envelopes, by serial number.
 *
 * @param envelopes - those in force
 */
export async function loadDeviceShares(
  store: Store,
  order: OrderId,
  envelopes: readonly Pick<StoredEnvelope, "env">[],
): Promise<ReadonlyMap<string, Envelope>> {
  const current = new Set(envelopes.map(({ env }) => env));
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

/** Whether a broken mainboard leaves a way to the node's data. */
type Recoverability = Node & { readonly isRecoverable: boolean };

/**
 * The nodes of orders that have an envelope. A node in split custody is recoverable if one of the
 * order's recovery keys opens a copy of the node's share.
 */
export async function readRecoverability(
  store: Store,
  orders: readonly OrderId[],
): Promise<readonly Recoverability[]> {
  if (orders.length === 0) return [];
  const held = await store
    .selectFrom("envelopes")
    .select(["order_id", "serial", "env", "jwe_json"])
    .where("order_id", "in", orders)
    .where("generation", "=", isNewest())
    .orderBy("order_id")
    .orderBy("serial")
    .execute();
  const split = held.filter(({ jwe_json: json }) => isSplit({ envelope: parseEnvelope(json) }));
  const opened = split.length === 0 ? new Set() : await readOpenedShares(store, orders);
  return held.map((row) => ({
    order: row.order_id,
    serial: row.serial,
    isRecoverable: !split.includes(row) || opened.has(row.env),
  }));
}

/** The envelopes of orders whose share a recovery key opens. */
async function readOpenedShares(
  store: Store,
  orders: readonly OrderId[],
): Promise<ReadonlySet<unknown>> {
  const keys = await store
    .selectFrom("backup_keys")
    .select(["order_id", "kid"])
    .where("order_id", "in", orders)
    .where("kind", "=", "recovery")
    .execute();
  const shares = await store
    .selectFrom("device_shares")
    .select(["order_id", "env", "jwe_json"])
    .where("order_id", "in", orders)
    .execute();
  const isOpened = ({ order_id: order, jwe_json: json }: (typeof shares)[number]): boolean =>
    parseEnvelope(json).recipients.some((recipient) =>
      keys.some((key) => key.order_id === order && key.kid === recipient.kid),
    );
  return new Set(shares.filter(isOpened).map(({ env }) => env));
}

/** The keys that only the customer holds. */
export async function loadRecoveryKeys(store: Store, order: OrderId) {
  const backups = await loadBackupKeys(store, order);
  return backups.flatMap((backup) => (backup.kind === "recovery" ? [backup.key] : []));
}

/** Extension `recoveryKeys` of an answer with a split envelope; none in escrow or without keys. */
export async function offerRecoveryKeys(
  store: Store,
  { order, custody }: NodeEnvelope,
): Promise<{ readonly extensions?: Record<string, unknown> }> {
  if (custody === "escrow") return {};
  const keys = await loadRecoveryKeys(store, order);
  return keys.length === 0 ? {} : { extensions: { recoveryKeys: keys.map(({ jwk }) => jwk) } };
}
