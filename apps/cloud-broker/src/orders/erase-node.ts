import type { PublicJwk } from "@databox-cmk/crypto";
import { ERASURE_CERTIFICATE_TYPE } from "@databox-cmk/protocol";

import { record } from "../audit/record.ts";
import { decideNodeErasure } from "../core/decide-node-erasure.ts";
import { failed } from "../core/failed.ts";
import type { EpochMs, OrderId } from "../core/order.ts";
import type { AuditEvent, Outcome } from "../core/ports.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { ControlPlane } from "./control-plane.ts";
import { lifecycleOf, type Order } from "./order.ts";
import { readOrder } from "./read-order.ts";
import { readSanitisedNodes } from "./read-sanitised-nodes.ts";
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
  { store }: Pick<ControlPlane, "store">,
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
  plane: Pick<ControlPlane, "store" | "appendAudit" | "sign" | "now">,
  node: NodeCertificate,
): Promise<Outcome<EpochMs>> {
  return retryLostRace(async () => {
    const kept = await findKept(plane.store, node);
    if (kept !== undefined)
      return kept.certificate === node.certificate
        ? { ok: true, value: kept.created_at_ms }
        : failed({ code: "NodeErased" });
    const order = await readOrder(plane.store, node.order);
    if (order === undefined) return failed({ code: "DeviceNotAuthenticated" });
    const allowed = decideNodeErasure(lifecycleOf(order));
    return allowed.ok ? keep(plane, order, node) : allowed;
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

/** The order's revision rises, so an erasure of the order at the same time reads this node again. */
async function keep(
  plane: Pick<ControlPlane, "store" | "appendAudit" | "sign" | "now">,
  order: Order,
  node: NodeCertificate,
): Promise<Outcome<EpochMs>> {
  const { serial, counter, audit } = node;
  const nowMs = plane.now();
  const { actor, correlationId, ...told } = audit;
  const deed = { chain: order.id, action: "erasure", context: { actor, correlationId } };
  let outcome: Outcome<EpochMs> = { ok: true, value: nowMs };
  await record(plane, deed, async (transaction) => {
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
    const state = await certifiedState(plane, transaction, order);
    await updateOrder(transaction, order, { state }, "broker", nowMs);
    return { serial, ...told };
  });
  return outcome;
}

async function certifiedState(
  { sign }: Pick<ControlPlane, "sign">,
  transaction: StoreTransaction,
  { id, state }: Order,
): Promise<Order["state"]> {
  if (state.erasureReceipt === undefined) return state;
  const nodes = await readSanitisedNodes(transaction, id);
  const statement = { ...readStatement(state.erasureReceipt), nodes };
  return { ...state, erasureReceipt: await sign(ERASURE_CERTIFICATE_TYPE, statement) };
}
