import type { Action } from "../core/actions.ts";
import { valueOf } from "../core/failure-error.ts";
import {
  decideAccess,
  decideAccessIn,
  OPERATOR_APP_ROLE,
  parseAppRole,
} from "../core/permissions.ts";
import type { Clock, Outcome } from "../core/ports.ts";
import type { Caller } from "../http/route.ts";
import { createHeldRoles, type HeldRoles, type RoleReader } from "./held-roles.ts";
import { subscriptionNotFound, type TenantOf, UNPROVEN } from "./tenants.ts";

/** @throws {AppError} when Resource Manager does not return the caller's roles */
export type HasAccess = (
  caller: Pick<Caller, "objectId" | "roles" | "own">,
  action: Action,
  scope: string,
) => Promise<boolean>;

/**
 * Whether a person who is not signed in has a right, by role assignment, now (up to the age of the
 * cache in held-roles.ts). An app role is part of a token and cannot be looked up.
 */
export type StillMay = (
  objectId: string,
  action: Action,
  scope: string,
) => Promise<Outcome<boolean>>;

export function createStillMay(heldRoles: HeldRoles): StillMay {
  return async (objectId, action, scope) => {
    const held = await heldRoles(objectId, assignmentScopeOf(scope));
    return held.ok ? { ok: true, value: decideAccess(held.value, action, scope) } : held;
  };
}

/**
 * The same for a subscription or any resource group or order in it: Resource Manager also lists
 * the assignments below a scope.
 */
export function createMaySomewhere(heldRoles: HeldRoles): StillMay {
  return async (objectId, action, subscription) => {
    const held = await heldRoles(objectId, subscription);
    return held.ok ? { ok: true, value: decideAccessIn(held.value, action, subscription) } : held;
  };
}

/**
 * Roles come from the token (app roles) or from role assignments in Resource Manager. A caller of
 * another tenant reads these with their own token, and only for subscriptions of that tenant.
 */
export function createHasAccess(roles: RoleReader, tenantOf: TenantOf, now: Clock): HasAccess {
  const heldRoles = createHeldRoles(roles, now);
  return async (caller, action, scope) => {
    if (decideAccess([], action, scope)) return true;
    const at = assignmentScopeOf(scope);
    const tenantId = await tenantOf(at.split("/")[2] ?? "");
    const isOwn = tenantId === caller.own?.tenantId;
    const isOther = !isOwn && tenantId !== UNPROVEN;
    const fromToken = isOwn ? caller.roles.flatMap((role) => parseAppRole(role) ?? []) : [];
    if (decideAccess(fromToken, action, scope)) return true;
    // Asked also where the answer cannot count: nothing shows that the subscription is known.
    const assigned = valueOf(await heldRoles(caller.objectId, at, caller.own));
    if (isOther && caller.own !== undefined) throw subscriptionNotFound();
    return !isOther && decideAccess(assigned, action, scope);
  };
}

/**
 * Whether a page of the portal gets the events of an order. Resource Manager is not asked about
 * orders of other tenants than the person's.
 */
export const createMayWatch =
  (hasAccess: HasAccess, tenantOf: TenantOf) =>
  async (caller: Caller, order: string): Promise<boolean> =>
    caller.roles.includes(OPERATOR_APP_ROLE) ||
    ((await tenantOf(order.split("/")[2] ?? "")) === caller.own?.tenantId &&
      (await hasAccess(caller, "Microsoft.DataBox/jobs/read", order)));

/** Roles are read for the group or the subscription: one request serves all its orders. */
function assignmentScopeOf(scope: string): string {
  const [above = ""] = scope.split("/providers/", 1);
  return above === "" ? "/" : above;
}
