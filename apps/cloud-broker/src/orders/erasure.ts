import { messageHash, type PublicJwk } from "@databox-cmk/crypto";
import { ERASURE_CERTIFICATE_TYPE, type ErasureStatement, publicKey } from "@databox-cmk/protocol";
import * as z from "zod";

import { record } from "../audit/record.ts";
import { decideNodeErasure } from "../core/decide-node-erasure.ts";
import { failed } from "../core/failed.ts";
import { valueOf } from "../core/failure-error.ts";
import { scrubPersonalData } from "../core/job-details.ts";
import { decideTransition } from "../core/lifecycle.ts";
import type { EpochMs, OrderId, OrderName } from "../core/order.ts";
import type { AuditEvent, Outcome } from "../core/ports.ts";
import { destroyWrappings } from "../custody/destroy-wrappings.ts";
import { takeChainHead } from "../store/chain-head.ts";
import { ofSameNode } from "../store/of-same-node.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Changing, ControlPlane, Plane, RequestContext } from "./control-plane.ts";
import { findOrder } from "./find-order.ts";
import { lifecycleOf, type Order } from "./order.ts";
import { readOrder } from "./read-order.ts";
import { readStatement } from "./verify-certificate.ts";
import { retryLostRace, updateOrder } from "./write-order.ts";

/** The last message of a node, whose signature was verified. */
export type NodeCertificate = {
  readonly order: OrderId;
  readonly serial: string;
  readonly certificate: string;
  readonly publicKey: PublicJwk;
  readonly counter: number;
  readonly audit: Pick<AuditEvent, "actor" | "correlationId" | "requestHash" | "detail">;
};

/** Whether a node of the order may be erased now. */
export async function mayEraseNode(
  { store }: Plane<"store">,
  id: OrderId,
): Promise<Outcome<undefined>> {
  const order = await readOrder(store, id);
  if (order === undefined) return failed({ code: "DeviceNotAuthenticated" });
  return decideNodeErasure(lifecycleOf(order));
}

/**
 * Keeps a node's certificate of sanitisation, and puts it into the certificate of an order that is
 * erased already. The same certificate may be sent again, for ever: its sender has nothing else.
 *
 * @returns when it was kept first
 */
export async function keepNodeCertificate(
  deps: Changing & Plane<"sign">,
  node: NodeCertificate,
): Promise<Outcome<EpochMs>> {
  return retryLostRace(async () => {
    const kept = await findKept(deps.store, node);
    if (kept !== undefined)
      return kept.certificate === node.certificate
        ? { ok: true, value: kept.created_at_ms }
        : failed({ code: "NodeErased" });
    const order = await readOrder(deps.store, node.order);
    if (order === undefined) return failed({ code: "DeviceNotAuthenticated" });
    const allowed = decideNodeErasure(lifecycleOf(order));
    return allowed.ok ? keep(deps, order, node) : allowed;
  });
}

function findKept(store: ControlPlane["store"], { order, serial }: NodeCertificate) {
  return store
    .selectFrom("sanitisations")
    .select(["certificate", "created_at_ms"])
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .executeTakeFirst();
}

/** Raises the order's revision, so that a concurrent erasure of it reads this node again. */
async function keep(
  deps: Changing & Plane<"sign">,
  order: Order,
  node: NodeCertificate,
): Promise<Outcome<EpochMs>> {
  const { serial, counter, audit } = node;
  const nowMs = deps.now();
  const { actor, correlationId, ...told } = audit;
  const entry = { chain: order.id, action: "erasure", context: { actor, correlationId } } as const;
  let outcome: Outcome<EpochMs> = { ok: true, value: nowMs };
  await record(deps, entry, async (transaction) => {
    const counted = await transaction
      .updateTable("nodes")
      .set({ last_counter: counter, last_outcome: "erased", last_seen_at_ms: nowMs })
      .where("order_id", "=", order.id)
      .where("serial", "=", serial)
      .where("last_counter", "<", counter)
      .executeTakeFirst();
    if (counted.numUpdatedRows !== 1n) {
      outcome = failed({ code: "CounterRollback", detail: "counter" });
      return undefined;
    }
    await transaction
      .insertInto("sanitisations")
      .values({
        order_id: order.id,
        serial,
        certificate: node.certificate,
        device_jwk_json: JSON.stringify(node.publicKey),
        created_at_ms: nowMs,
      })
      .execute();
    const state = await certifiedState(deps, transaction, order);
    await updateOrder(transaction, order, { state }, "broker", nowMs);
    return { serial, ...told, certificate: state.erasureReceipt };
  });
  return outcome;
}

async function certifiedState(
  { sign }: Plane<"sign">,
  transaction: StoreTransaction,
  { id, state }: Order,
): Promise<Order["state"]> {
  if (state.erasureReceipt === undefined) return state;
  const nodes = await readSanitisedNodes(transaction, id);
  const former = readStatement(state.erasureReceipt);
  const statement: ErasureStatement = {
    ...former,
    nodes,
    revision: (former.revision ?? 1) + 1,
    supersedes: messageHash(state.erasureReceipt),
  };
  return { ...state, erasureReceipt: await sign(ERASURE_CERTIFICATE_TYPE, statement) };
}

/** The nodes of an order as its certificate of erasure names them. */
async function readSanitisedNodes(
  transaction: StoreTransaction,
  order: OrderId,
): Promise<ErasureStatement["nodes"]> {
  const rows = await transaction
    .selectFrom("nodes")
    .leftJoin("sanitisations", ofSameNode("sanitisations", "nodes"))
    .select([
      "nodes.serial",
      "nodes.device_kid",
      "sanitisations.certificate",
      "sanitisations.device_jwk_json",
      "sanitisations.created_at_ms",
    ])
    .where("nodes.order_id", "=", order)
    .orderBy("ordinal")
    .execute();
  const permits = await readPermits(transaction, order);
  return rows.map(({ serial, device_kid, certificate, device_jwk_json, created_at_ms }) => ({
    serial,
    deviceKey: device_kid ?? undefined,
    ...(certificate === null || device_jwk_json === null || created_at_ms === null
      ? {}
      : {
          sanitisation: certificate,
          publicKey: publicKey.parse(JSON.parse(device_jwk_json)),
          permittedAt: permits.get(serial),
          receivedAt: new Date(created_at_ms).toISOString(),
        }),
  }));
}

/** When each node's device, or the one that certified its erasure, was first permitted to erase. */
async function readPermits(
  transaction: StoreTransaction,
  order: OrderId,
): Promise<ReadonlyMap<string, string>> {
  const rows = await transaction
    .selectFrom("audit")
    .select(["row_json", "at_ms"])
    .where("chain", "=", order)
    .where((row) => row.or(FOR_PERMITS.map((start) => row("row_json", "like", `${start}%`))))
    .orderBy("sequence")
    .execute();
  const permits = new Map<string, string>();
  const certified = new Set<string>();
  for (const { row_json: json, at_ms: atMs } of rows) {
    const { action, outcome, serial } = auditRow.parse(JSON.parse(json));
    if (serial === undefined || certified.has(serial)) continue;
    if (action === "order/replaceDevice") permits.delete(serial);
    else if (action === "erasure" && outcome === "done") certified.add(serial);
    else if (outcome === "granted" && !permits.has(serial))
      permits.set(serial, new Date(atMs).toISOString());
  }
  return permits;
}
const FOR_PERMITS = ['{"action":"erasure', '{"action":"order/replaceDevice"'];
const auditRow = z.object({
  action: z.string(),
  outcome: z.string(),
  serial: z.optional(z.string()),
});

/** The certificate of an order that was deleted, from its audit chain. */
export async function readLastCertificate(
  store: ControlPlane["store"],
  chain: string,
): Promise<string | undefined> {
  const row = await store
    .selectFrom("audit")
    .select("row_json")
    .where("chain", "=", chain)
    .where("row_json", "like", '%"certificate":"%')
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && certifying.parse(JSON.parse(row.row_json)).certificate;
}
const certifying = z.object({ certificate: z.optional(z.string()) });

const METHOD =
  "Cryptographic erase (NIST SP 800-88) of the order's keys: every wrapped copy of the content keys that the broker held was deleted, so that no vault can release the unlock key again. Backups of its database from before then hold them until the backups are deleted; a database restored from one withholds them as long as its restore record is kept. The broker does not touch media: a node that was erased says so itself, signed by its device key.";
const VERIFICATION =
  "The list names exactly the copies that one database transaction deleted; none was left when it ended.";

/**
 * Crypto-erase: destroys all wrappings of the unlock key permanently, and stores a signed
 * certificate, all in one commit: a crash leaves the order with its keys, or erased and certified.
 * An order that is already erased does not change.
 */
export async function eraseOrder(
  deps: Changing & Plane<"sign">,
  name: OrderName,
  context: RequestContext,
): Promise<void> {
  const order = await findOrder(deps.store, name);
  const before = lifecycleOf(order);
  const next = valueOf(decideTransition(before, { kind: "erase" }));
  if (before.erased) {
    await deps.store.restoreRecord?.keepErasure(order.id, deps.now());
    return;
  }
  const nowMs = deps.now();
  const entry = { chain: order.id, action: "order/erase", context } as const;
  await destroyWrappings(deps, entry, async (transaction, destroyed) => {
    const head = await takeChainHead(transaction, order.id);
    const statement: ErasureStatement = {
      order: order.id,
      sku: order.skuName,
      destroyed: destroyed.toSorted(
        (a, b) => a.serial.localeCompare(b.serial) || a.generation - b.generation,
      ),
      nodes: await readSanitisedNodes(transaction, order.id),
      method: METHOD,
      verification: VERIFICATION,
      erasedAt: new Date(nowMs).toISOString(),
      by: context.by,
      activity: head && { length: head.sequence, head: head.hash },
      revision: 1,
    };
    const erasureReceipt = await deps.sign(ERASURE_CERTIFICATE_TYPE, statement);
    const { error: _error, actions: _actions, ...state } = order.state;
    await updateOrder(
      transaction,
      order,
      {
        stage: next.stage,
        stageStatus: next.stageStatus,
        details: scrubPersonalData(order.details),
        state: { ...state, erasureReceipt },
      },
      context.by,
      nowMs,
    );
    // A vote about an erased order would have no effect.
    await transaction
      .updateTable("approvals")
      .set({ state: "void", void_reason: "stage", closed_at_ms: nowMs })
      .where("order_id", "=", order.id)
      .where("state", "=", "open")
      .execute();
    return { detail: { wrappings: destroyed.length }, certificate: erasureReceipt };
  });
}
