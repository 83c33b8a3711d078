import type { Action } from "../core/actions.ts";
import { valueOf } from "../core/failure-error.ts";
import { decideAccess, decideAccessIn, parseAppRole } from "../core/permissions.ts";
import type { Clock, Outcome } from "../core/ports.ts";
import type { Caller } from "../http/route.ts";
import { createHeldRoles, type HeldRoles, type RoleReader } from "./held-roles.ts";

/** @throws {AppError} when Resource Manager does not return the caller's roles */
export type HasAccess = (
  caller: Pick<Caller, "objectId" | "roles">,
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

/** Roles come from the token (app roles) or from role assignments in Resource Manager. */
export function createHasAccess(roles: RoleReader, now: Clock): HasAccess {
  const heldRoles = createHeldRoles(roles, now);
  return async (caller, action, scope) => {
    const fromToken = caller.roles.flatMap((role) => parseAppRole(role) ?? []);
    if (decideAccess(fromToken, action, scope)) return true;
    const assigned = valueOf(await heldRoles(caller.objectId, assignmentScopeOf(scope)));
    return decideAccess(assigned, action, scope);
  };
}

/** Roles are read for the group or the subscription: one request serves all its orders. */
function assignmentScopeOf(scope: string): string {
  const [above = ""] = scope.split("/providers/", 1);
  return above === "" ? "/" : above;
}
