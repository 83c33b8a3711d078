import { type HeldRoles } from "../../callers/held-roles.ts";
import type { Vote } from "../../core/decide-release.ts";
import type { OrderId } from "../../core/order.ts";
import { ACTIONS, decideAccess, parseAppRole } from "../../core/permissions.ts";
import type { Outcome } from "../../core/ports.ts";
import type { Caller } from "../../http/route.ts";

/**
 * Whether a person holds the right to approve by role assignment, now (up to the age of the cache
 * in `held-roles.ts`).
 */
export type StillApproves = (objectId: string, order: OrderId) => Promise<Outcome<boolean>>;

export function createStillApproves(heldRoles: HeldRoles): StillApproves {
  return async (objectId, order) => {
    const held = await heldRoles(objectId, groupOf(order));
    if (!held.ok) return held;
    return { ok: true, value: decideAccess(held.value, ACTIONS.approve, order) };
  };
}

/** The source of an authorised caller's right: the token itself, or an assignment. */
export function rightOf(caller: Caller, order: OrderId): Vote["right"] {
  const roles = caller.roles.flatMap((role) => parseAppRole(role) ?? []);
  return decideAccess(roles, ACTIONS.approve, order) ? "token" : "assignment";
}

/**
 * An order id has the form /subscriptions/{1}/resourcegroups/{3}/…: assignments are looked up for
 * its group.
 */
function groupOf(order: OrderId): string {
  return order.split("/").slice(0, 5).join("/");
}
