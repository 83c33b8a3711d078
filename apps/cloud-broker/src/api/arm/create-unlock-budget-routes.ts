import { unlockBudgetWrite } from "@databox-cmk/protocol";

import { ACTIONS } from "../../core/permissions.ts";
import type { Route } from "../../http/route.ts";
import type { ChangeClaim, ControlPlane, RequestContext } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import type { Order } from "../../orders/order.ts";
import { readBudget, setBudget } from "../../release/limits/unlock-budget.ts";
import { armHandler, contextOf, orderNameOf, parseBody } from "./arm-request.ts";
import { PATHS } from "./paths.ts";

const MAX_BYTES = 16 * 1024;
const PATH = `${PATHS.job}/unlockBudget`;

/** The daily limit of an order's unlocks; without one, only the rate limits apply. */
export function createUnlockBudgetRoutes(plane: ControlPlane): readonly Route[] {
  const { store, appendAudit, now } = plane;
  return [
    {
      method: "GET",
      path: PATH,
      authentication: "caller",
      action: ACTIONS.readUnlockBudget,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const { id } = await findOrder(store, orderNameOf(request));
        return { status: 200, body: { json: await readBudget(store, id, now()) } };
      }),
    },
    {
      method: "PUT",
      path: PATH,
      authentication: "caller",
      action: ACTIONS.writeUnlockBudget,
      reads: "json",
      maxBytes: MAX_BYTES,
      handle: armHandler(async (request) => {
        const { unlocksPerDay } = parseBody(unlockBudgetWrite, request.body);
        const order = await findOrder(store, orderNameOf(request));
        const { id } = order;
        const context = contextOf(request);
        const { actor, correlationId } = context;
        const claim = await admitBudget(plane, order, unlocksPerDay, context);
        await store.transaction().execute(async (transaction) => {
          await claim.use(transaction);
          // Locks the chain first, as a grant does, so that the two never deadlock.
          await appendAudit(transaction, id, {
            action: "unlockBudget/set",
            actor,
            outcome: "done",
            correlationId,
            detail: { unlocksPerDay },
          });
          await setBudget(transaction, id, unlocksPerDay, now());
        });
        return { status: 200, body: { json: await readBudget(store, id, now()) } };
      }),
    },
    {
      method: "DELETE",
      path: PATH,
      authentication: "caller",
      action: ACTIONS.deleteUnlockBudget,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const order = await findOrder(store, orderNameOf(request));
        const { id } = order;
        const context = contextOf(request);
        const { actor, correlationId } = context;
        const claim = await admitBudget(plane, order, undefined, context);
        const removed = await store.transaction().execute(async (transaction) => {
          await claim.use(transaction);
          const { unlocksPerDay } = await readBudget(transaction, id, now());
          if (unlocksPerDay === undefined) return false;
          await appendAudit(transaction, id, {
            action: "unlockBudget/remove",
            actor,
            outcome: "done",
            correlationId,
          });
          await transaction.deleteFrom("unlock_budgets").where("order_id", "=", id).execute();
          return true;
        });
        return { status: removed ? 200 : 204 };
      }),
    },
  ];
}

/**
 * More unlocks a day, or no limit, loosens what protects the order.
 *
 * @param after - undefined: no limit
 */
async function admitBudget(
  plane: ControlPlane,
  order: Order,
  after: number | undefined,
  context: RequestContext,
): Promise<ChangeClaim> {
  const { unlocksPerDay: before } = await readBudget(plane.store, order.id, plane.now());
  const isLooser = before !== undefined && (after === undefined || after > before);
  return plane.admitChange(
    order,
    {
      subject: "unlockBudget",
      proposal: { before, after },
      loosens: isLooser ? [`unlocksPerDay (${String(before)} to ${String(after ?? "any")})`] : [],
    },
    context,
  );
}
