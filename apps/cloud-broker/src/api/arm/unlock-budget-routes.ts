import { AppError } from "@databox-cmk/errors";
import { UNLOCK_BUDGET_CALLS } from "@databox-cmk/protocol";

import { record } from "../../audit/record.ts";
import type { Route } from "../../http/route.ts";
import type { ChangeClaim, Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import { findOrder, findOrderId } from "../../orders/find-order.ts";
import type { Order } from "../../orders/order.ts";
import { readBudget, setBudget } from "../../release/limits/unlock-budget.ts";
import { takeChainHead } from "../../store/chain-head.ts";
import type { Store } from "../../store/store.ts";
import { arm } from "./arm-route.ts";

/** The daily limit of an order's unlocks; without one, only the rate limits apply. */
export function createUnlockBudgetRoutes(deps: Changing & Plane<"admitChange">): readonly Route[] {
  const { store, now } = deps;
  return [
    arm.route(UNLOCK_BUDGET_CALLS.read, {
      action: "Microsoft.DataBox/jobs/unlockBudget/read",
      summary: "Reads the unlock budget of an order and its use (extension)",
      handle: async ({ order }) => ({
        json: await readBudget(store, await findOrderId(store, order), now()),
      }),
    }),
    arm.bodyRoute(UNLOCK_BUDGET_CALLS.write, {
      action: "Microsoft.DataBox/jobs/unlockBudget/write",
      summary: "Limits the unlocks of an order per day (extension)",
      handle: async (request) => {
        const { unlocksPerDay } = request.body;
        const order = await findOrder(store, request.order);
        const { id } = order;
        const { context } = request;
        const claim = await admitBudget(deps, order, unlocksPerDay, context);
        const entry = { chain: id, action: "unlockBudget/set", context } as const;
        await record(deps, entry, async (transaction) => {
          await claim.use(transaction);
          await setBudget(transaction, id, unlocksPerDay, now());
          return { detail: { unlocksPerDay } };
        });
        return { json: await readBudget(store, id, now()) };
      },
    }),
    arm.route(UNLOCK_BUDGET_CALLS.remove, {
      action: "Microsoft.DataBox/jobs/unlockBudget/delete",
      summary: "Removes the limit of unlocks per day (extension)",
      handle: async (request) => {
        const order = await findOrder(store, request.order);
        const { id } = order;
        const { context } = request;
        const claim = await admitBudget(deps, order, undefined, context);
        const entry = { chain: id, action: "unlockBudget/remove", context } as const;
        const removed = await record(deps, entry, async (transaction) => {
          await claim.use(transaction);
          const { unlocksPerDay } = await readBudget(transaction, id, now());
          if (unlocksPerDay === undefined) return undefined;
          await transaction.deleteFrom("unlock_budgets").where("order_id", "=", id).execute();
          return {};
        });
        return { status: removed ? 200 : 204 };
      },
    }),
  ];
}

/**
 * More unlocks a day, or no limit, loosens what protects the order.
 *
 * @param after - undefined: no limit
 */
async function admitBudget(
  deps: Plane<"store" | "now" | "admitChange">,
  order: Order,
  after: number | undefined,
  context: RequestContext,
): Promise<ChangeClaim> {
  const read = async (store: Store) =>
    (await readBudget(store, order.id, deps.now())).unlocksPerDay;
  const before = await read(deps.store);
  const isLooser = before !== undefined && (after === undefined || after > before);
  const claim = await deps.admitChange(
    order,
    {
      subject: "unlockBudget",
      proposal: { before, after },
      effects: isLooser
        ? { [`unlocksPerDay (${String(before)} to ${String(after ?? "any")})`]: "looser" }
        : {},
    },
    context,
  );
  return {
    async use(transaction) {
      // Locks the chain first, as a grant does, so that the two never deadlock.
      await takeChainHead(transaction, order.id);
      // The change was compared with the budget that it replaces.
      if ((await read(transaction)) !== before) throw new AppError("BrokerBusy");
      await claim.use(transaction);
    },
  };
}
