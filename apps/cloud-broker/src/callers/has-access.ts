import { valueOf } from "../core/failure-error.ts";
import { decideAccess, parseAppRole } from "../core/permissions.ts";
import type { Clock } from "../core/ports.ts";
import type { Caller } from "../http/route.ts";
import { createHeldRoles, type RoleReader } from "./held-roles.ts";

/** @throws {AppError} when Resource Manager does not return the caller's roles */
export type HasAccess = (caller: Caller, action: string, scope: string) => Promise<boolean>;

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
