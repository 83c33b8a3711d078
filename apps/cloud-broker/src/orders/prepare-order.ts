import { createHash, randomBytes } from "node:crypto";

import { AppError } from "@databox-cmk/errors";
import { asciiLowerCase, isSameIdentifier } from "@databox-cmk/protocol";
import { sql } from "kysely";

import { record, recorded } from "../audit/record.ts";
import { DAY_MS } from "../core/day.ts";
import { errorOf, invalidMember, valueOf } from "../core/failure-error.ts";
import { decideTransition } from "../core/lifecycle.ts";
import { type EpochMs, type OrderName, SKUS } from "../core/order.ts";
import { loadRecoveryKeys } from "../custody/device-shares.ts";
import type { Passkeys } from "../custody/key-custody.ts";
import { ofSameNode } from "../store/of-same-node.ts";
import type { Store } from "../store/store.ts";
import type { Changing, Plane, RequestContext } from "./control-plane.ts";
import { findOrder } from "./find-order.ts";
import { lifecycleOf, type Order } from "./order.ts";
import { readNodes } from "./read-nodes.ts";
import { updateOrder } from "./write-order.ts";

export type PreparedNode = {
  readonly serial: string;
  /** Shown once; stored hashed. */
  readonly enrolmentCode: string;
  readonly expiresAtMs: number;
};

/**
 * Makes the unlock key and one envelope for each node, and enrolment codes for the nodes. Repeated,
 * it makes new codes for the nodes that have not enrolled, so that a lost answer does no harm.
 */
export async function prepareOrder(
  deps: Changing & Plane<"custodyOf"> & { readonly custody: Passkeys },
  name: OrderName,
  serials: readonly string[] | undefined,
  context: RequestContext,
): Promise<readonly PreparedNode[]> {
  const order = await findOrder(deps.store, name);
  const next = valueOf(decideTransition(lifecycleOf(order), { kind: "prepare" }));
  if (!order.state.prepared) await requireRecoveryKey(deps, order);
  return order.state.prepared
    ? renewCodes(deps, order, serials, context)
    : prepareNodes(deps, order, next, serials, context);
}

/** An appliance copies its share for the recovery keys that exist when it is prepared. */
async function requireRecoveryKey(
  { store, custodyOf }: Plane<"store" | "custodyOf">,
  { id }: Order,
): Promise<void> {
  const custody = await custodyOf(id);
  if (custody.kind === "escrow" || custody.acceptNoRecovery) return;
  if ((await loadRecoveryKeys(store, id)).length === 0) throw new AppError("RecoveryKeyMissing");
}

async function prepareNodes(
  deps: Changing & { readonly custody: Passkeys },
  order: Order,
  next: Pick<Order, "stage" | "stageStatus">,
  given: readonly string[] | undefined,
  context: RequestContext,
): Promise<readonly PreparedNode[]> {
  const serials = given ?? madeUpSerials(order);
  await checkSerials(deps.store, order, serials);
  const nowMs = deps.now();
  const codes = serials.map((serial) => codedNode(serial, nowMs));
  const entry = { chain: order.id, action: "order/prepare", context } as const;
  const commit = recorded(deps.appendAudit, entry, async (transaction) => {
    await updateOrder(
      transaction,
      order,
      {
        stage: next.stage,
        stageStatus: next.stageStatus,
        state: { ...order.state, prepared: true },
      },
      context.by,
      nowMs,
    );
    await transaction
      .insertInto("nodes")
      .values(
        codes.map(({ serial, hash, expiresAtMs }, ordinal) => ({
          order_id: order.id,
          serial,
          ordinal,
          passkey_origin: order.state.ownPasskey ? "customer" : "generated",
          enrolment_code_hash: hash,
          enrolment_expires_at_ms: expiresAtMs,
          last_counter: 0,
        })),
      )
      .execute();
    return { detail: { serials: serials.join(" ") } };
  });
  const outcome = await deps.custody.generate(order.id, serials, commit);
  if (!outcome.ok) throw errorOf(outcome.failure);
  return codes.map(({ serial, code, expiresAtMs }) => ({
    serial,
    enrolmentCode: code,
    expiresAtMs,
  }));
}

async function renewCodes(
  deps: Changing,
  order: Order,
  given: readonly string[] | undefined,
  context: RequestContext,
): Promise<readonly PreparedNode[]> {
  const nodes = await readNodes(deps.store, order.id);
  const serials = nodes.map((node) => node.serial);
  if (given !== undefined && !isSameIdentifier(given.join(" "), serials.join(" ")))
    throw invalidMember("serials", `the order is prepared for ${serials.join(", ")}`);
  const nowMs = deps.now();
  const open = nodes
    .filter((node) => node.deviceJwkJson === null)
    .map(({ serial }) => codedNode(serial, nowMs));
  const entry = { chain: order.id, action: "order/renewEnrolmentCodes", context } as const;
  await record(deps, entry, async (transaction) => {
    for (const { serial, hash, expiresAtMs } of open)
      await transaction
        .updateTable("nodes")
        .set({ enrolment_code_hash: hash, enrolment_expires_at_ms: expiresAtMs })
        .where("order_id", "=", order.id)
        .where("serial", "=", serial)
        .where("device_kid", "is", null)
        .execute();
    return { detail: { serials: open.map(({ serial }) => serial).join(" ") } };
  });
  return open.map(({ serial, code, expiresAtMs }) => ({
    serial,
    enrolmentCode: code,
    expiresAtMs,
  }));
}

function codedNode(serial: string, nowMs: EpochMs): EnrolmentCode & { readonly serial: string } {
  return { serial, ...createEnrolmentCode(nowMs) };
}

const invalid = (problem: string): AppError => invalidMember("serials", problem);

/**
 * The same order always gets the same serial numbers, so that a repeated preparation means the same
 * nodes.
 */
function madeUpSerials(order: Order): readonly string[] {
  const stem = createHash("sha256")
    .update(`${order.id} ${String(order.createdAtMs)}`)
    .digest("hex")
    .slice(0, 10)
    .toUpperCase();
  const { nodes } = SKUS[order.skuName];
  return Array.from({ length: nodes }, (_, node) =>
    nodes === 1 ? `DBX-${stem}` : `DBH-${stem}-${String(node + 1)}`,
  );
}

async function checkSerials(store: Store, order: Order, serials: readonly string[]): Promise<void> {
  const { nodes } = SKUS[order.skuName];
  if (serials.length !== nodes)
    throw invalid(`a ${order.skuName} has ${String(nodes)} node(s), not ${String(serials.length)}`);
  const folded = serials.map(asciiLowerCase);
  if (new Set(folded).size !== serials.length) throw invalid("two nodes with one serial number");
  const known = await store
    .selectFrom("nodes")
    .select("serial")
    .where(sql`lower(serial)`, "in", folded)
    .where("serial", "not in", serials)
    .executeTakeFirst();
  if (known !== undefined)
    throw invalid(`this device is known as ${known.serial}; letter case makes no other device`);
  const taken = await store
    .selectFrom("nodes")
    .innerJoin("envelopes", ofSameNode("envelopes", "nodes"))
    .select("nodes.serial")
    .where("nodes.serial", "in", serials)
    .where("nodes.order_id", "!=", order.id)
    .executeTakeFirst();
  if (taken !== undefined)
    throw invalid(`${taken.serial} belongs to an order that is not erased yet`);
}

/** 160 bits, so that no slow hash is needed and guessing is hopeless. */
const CODE_BYTES = 20;
const CODE_LIFETIME_MS = DAY_MS;

type EnrolmentCode = {
  /** Shown once to the operator who prepares the node. */
  readonly code: string;
  /** The stored form. */
  readonly hash: string;
  readonly expiresAtMs: number;
};

export function createEnrolmentCode(nowMs: number): EnrolmentCode {
  const code = randomBytes(CODE_BYTES).toString("base64url");
  return { code, hash: hashEnrolmentCode(code), expiresAtMs: nowMs + CODE_LIFETIME_MS };
}

export function hashEnrolmentCode(code: string): string {
  return createHash("sha256").update(code).digest("base64url");
}
