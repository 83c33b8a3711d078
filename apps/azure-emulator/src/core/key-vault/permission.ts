import { isSame, type RoleAssignment, type Vault, type VaultAccess } from "../model.ts";
import { allowsDataAction, findRoleDefinition } from "../role-definitions.ts";
import type { TokenClaims } from "./caller.ts";

export function hasPolicyPermission(
  access: VaultAccess,
  caller: TokenClaims,
  permission: string,
): boolean {
  const wanted = permission.toLowerCase();
  return access.accessPolicies.some(
    (policy) =>
      isSame(policy.objectId, caller.objectId) &&
      (policy.applicationId === undefined || isSame(policy.applicationId, caller.applicationId)) &&
      policy.permissions.keys.some(
        (granted) => granted.toLowerCase() === wanted || granted.toLowerCase() === "all",
      ),
  );
}

/**
 * Whether one of the assignments gives the caller the action on the key, its vault, its resource
 * group, or its subscription.
 */
export function hasRolePermission(input: {
  assignments: readonly RoleAssignment[];
  vault: Vault;
  keyName: string | undefined;
  caller: TokenClaims;
  dataAction: string;
  ignoredRole?: string | undefined;
}): boolean {
  const { vault, keyName, caller } = input;
  const resource = (keyName === undefined ? vault.id : `${vault.id}/keys/${keyName}`).toLowerCase();
  return input.assignments.some((assignment) => {
    if (!isSame(assignment.principalId, caller.objectId)) return false;
    if (!isWithin(assignment.scope.toLowerCase(), resource)) return false;
    const role = findRoleDefinition(assignment.roleDefinitionName);
    return (
      role !== undefined &&
      role.name !== input.ignoredRole &&
      allowsDataAction(role, input.dataAction)
    );
  });
}

function isWithin(scope: string, resource: string): boolean {
  const base = scope.endsWith("/") ? scope.slice(0, -1) : scope;
  return resource === base || resource.startsWith(`${base}/`);
}
