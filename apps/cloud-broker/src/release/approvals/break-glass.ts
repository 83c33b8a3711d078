import { randomUUID } from "node:crypto";

import { AppError } from "@databox-cmk/errors";
import { isSameIdentifier } from "@databox-cmk/protocol";

import { record } from "../../audit/record.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import { failed } from "../../core/failed.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Outcome } from "../../core/ports.ts";
import { stageRules } from "../../core/stages.ts";
import type { Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import type { Order } from "../../orders/order.ts";
import { readNodes } from "../../orders/read-nodes.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";
import { countSwitches } from "../kill-switches/revocations.ts";
import { readUnlockPolicy } from "../policy/read-unlock-policy.ts";
import type { ReleaseDependencies } from "./release-request.ts";

/**
 * The oldest active, unused break-glass for a node, or for the whole order. A kill switch ends
 * those that were opened before it, also after it is lifted; one for the whole order is ended by
 * the switch of any node.
 *
 * @param serial - undefined: for the whole order, whose nodes share a passkey
 * @returns its id
 */
export async function findBreakGlass(
  store: Store,
  order: OrderId,
  serial: string | undefined,
  nowMs: number,
): Promise<string | undefined> {
  const rows = await store
    .selectFrom("break_glass")
    .select(["id", "serial", "switches"])
    .where("order_id", "=", order)
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", nowMs)
    .where((where) =>
      serial === undefined
        ? where("serial", "is", null)
        : where.or([where("serial", "is", null), where("serial", "=", serial)]),
    )
    .orderBy("created_at_ms")
    .execute();
  for (const { id, serial: node, switches } of rows) {
    const now = await countSwitches(store, order, node ?? undefined);
    if (now <= (switches ?? 0)) return id;
  }
  return undefined;
}

/**
 * Of many concurrent releases, exactly one uses it, and that is announced.
 *
 * @param id - undefined: nothing is used
 * @param usedBy - the hash of the request, or the name of the call
 */
export async function useBreakGlass(
  transaction: StoreTransaction,
  { announce, now }: Pick<ReleaseDependencies, "announce" | "now">,
  id: string | undefined,
  usedBy: string,
): Promise<Outcome<undefined>> {
  if (id === undefined) return { ok: true, value: undefined };
  const nowMs = now();
  const used = await transaction
    .updateTable("break_glass")
    .set({ used_at_ms: nowMs, used_by: usedBy })
    .where("id", "=", id)
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", nowMs)
    .returning(["order_id", "serial"])
    .executeTakeFirst();
  if (used === undefined) return failed({ code: "ApprovalExpired", reason: "break-glass" });
  await announce(transaction, {
    type: EVENT_TYPES.emergencyUsed,
    order: used.order_id,
    atMs: nowMs,
    data: { breakGlassId: id, serial: used.serial ?? undefined, usedBy },
  });
  return { ok: true, value: undefined };
}

/** Long enough to reach the person at the appliance, too short to be forgotten while open. */
const LIFETIME_MS = 15 * 60_000;

/**
 * Allows one release without regard to windows and approvals, for a short time. Everyone is
 * notified: an audit row and an event say who and why, now and again with the release that uses it.
 * The kill switch still applies.
 *
 * @throws {AppError} `BreakGlassForbidden` or `OrderStageForbids`
 */
export async function openBreakGlass(
  deps: Changing & Plane<"settings" | "announce">,
  order: Order,
  { reason, serial: given }: { readonly reason: string; readonly serial?: string | undefined },
  context: RequestContext,
): Promise<{ readonly id: string; readonly expiresAtMs: EpochMs }> {
  if (stageRules(order.stage).terminal)
    throw new AppError("OrderStageForbids", {
      reason: "policy",
      detail: `breakGlass: the order is in stage ${order.stage}`,
    });
  const nodes = given === undefined ? [] : await readNodes(deps.store, order.id);
  // Letter case makes no other node.
  const serial = nodes.find((node) => isSameIdentifier(node.serial, given ?? ""))?.serial ?? given;
  const id = randomUUID();
  const nowMs = deps.now();
  const expiresAtMs = nowMs + LIFETIME_MS;
  const policy = await readUnlockPolicy(deps.store, order.id, deps.settings.defaultPolicy);
  const isAllowed = policy.release.breakGlass;
  const entry = { chain: order.id, action: "order/breakGlass", context } as const;
  await record(deps, entry, async (transaction) => {
    if (!isAllowed)
      return { outcome: "refused", code: "BreakGlassForbidden", serial, detail: { reason } };
    const expiresAt = new Date(expiresAtMs).toISOString();
    await transaction
      .insertInto("break_glass")
      .values({
        id,
        order_id: order.id,
        serial: serial ?? null,
        reason,
        created_at_ms: nowMs,
        created_by: context.by,
        expires_at_ms: expiresAtMs,
        used_at_ms: null,
        used_by: null,
        switches: await countSwitches(transaction, order.id, serial),
      })
      .execute();
    await deps.announce(transaction, {
      type: EVENT_TYPES.breakGlass,
      order: order.id,
      atMs: nowMs,
      data: {
        breakGlassId: id,
        serial,
        by: context.by,
        reason,
        expiresAt,
      },
    });
    return { outcome: "granted", serial, detail: { reason, breakGlass: id, expiresAt } };
  });
  if (!isAllowed) throw new AppError("BreakGlassForbidden");
  return { id, expiresAtMs };
}
