import { AppError } from "@databox-cmk/errors";

import type { AuditChain } from "../../audit/append-audit.ts";
import { recorded } from "../../audit/record.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import { RULE_CHANGES } from "../../core/rule-changes.ts";
import type { Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import type { Order } from "../../orders/order.ts";
import type { Store } from "../../store/store.ts";
import { runLocking, type Work } from "../../store/transactions.ts";
import {
  FLEET,
  lift,
  listStanding,
  rememberSwitches,
  revoke,
  type RevocationOrigin,
  type RevocationScope,
  withholdsDestroyed,
} from "./revocations.ts";

type Switching = {
  readonly deps: Changing;
  readonly scope: RevocationScope;
  readonly origin: RevocationOrigin;
  readonly context: RequestContext;
};

/** Revoke now: switch, refused leases and audit row are one commit. */
export async function revokeNow(
  { deps, scope, origin, context }: Switching & { readonly deps: Plane<"announce"> },
  reason: string,
): Promise<{ readonly nowMs: number; readonly leases: number }> {
  const nowMs = deps.now();
  const entry = { chain: chainOf(scope), action: "order/revoke", context } as const;
  const work = recorded(deps.appendAudit, entry, async (transaction) => {
    const leases = await revoke(transaction, scope, origin, { reason, by: context.by, nowMs });
    // A switch over many orders is announced once.
    await deps.announce(transaction, {
      type: EVENT_TYPES.accessRevoked,
      ...("order" in scope
        ? { order: scope.order }
        : { subscription: scope.kind === "fleet" ? FLEET : scope.subscriptionId }),
      atMs: nowMs,
      data: { serial: scope.kind === "node" ? scope.serial : undefined, origin, reason },
    });
    return { detail: { ...detailOf(scope), origin, reason, leases }, value: leases };
  });
  return { nowMs, leases: await commitSwitch(deps.store, work) };
}

/**
 * Turns off the switches that stand now, and none that is activated meanwhile.
 *
 * @param order - the order whose policy protects its owner's switch; absent: an operator's switch
 * @throws {AppError} ChangeNeedsApproval; OrderStageForbids for destroyed keys that a backup has
 * brought back
 */
export async function restoreAccess(
  { deps, scope, origin, context }: Switching & { readonly deps: Plane<"admitChange"> },
  order?: Order,
): Promise<{ readonly nowMs: number; readonly lifted: number }> {
  const standing = await listStanding(deps.store, scope, origin);
  if (await withholdsDestroyed(deps.store, standing))
    throw new AppError("OrderStageForbids", {
      reason: "credentials",
      detail:
        "a restored backup has destroyed keys of the order: end or cancel it, and erase it again",
    });
  const claim =
    order === undefined || standing.length === 0
      ? undefined
      : await deps.admitChange(
          order,
          {
            subject: "killSwitch",
            proposal: { standing },
            effects: { killSwitch: RULE_CHANGES["jobs/restoreAccess/action"] },
          },
          context,
        );
  const nowMs = deps.now();
  const entry = { chain: chainOf(scope), action: "order/restoreAccess", context } as const;
  const work = recorded(deps.appendAudit, entry, async (transaction) => {
    await claim?.use(transaction);
    const lifted = await lift(transaction, standing, context.by, nowMs);
    return { detail: { ...detailOf(scope), origin, lifted }, value: lifted };
  });
  return { nowMs, lifted: await commitSwitch(deps.store, work) };
}

/** The record is written before the answer; without it, the next round writes it. */
async function commitSwitch<Value>(store: Store, work: Work<Value>): Promise<Value> {
  const value = await runLocking(store, work);
  const { restoreRecord } = store;
  await restoreRecord?.keep("switches", () => rememberSwitches(store, restoreRecord));
  return value;
}

function chainOf(scope: RevocationScope): AuditChain {
  return scope.kind === "order" || scope.kind === "node" ? scope.order : "broker";
}

const detailOf = (scope: RevocationScope): Record<string, string> => ({
  scope: scope.kind,
  ...("serial" in scope ? { node: scope.serial } : {}),
  ...("subscriptionId" in scope ? { subscriptionId: scope.subscriptionId } : {}),
});
