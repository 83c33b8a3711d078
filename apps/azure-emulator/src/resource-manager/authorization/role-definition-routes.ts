import {
  findRoleDefinition,
  ROLE_DEFINITIONS,
  type RoleDefinition,
} from "../../core/role-definitions.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import { ArmError } from "../arm-error.ts";
import { parseScope } from "../resource-id.ts";
import { parseListFilter } from "../subscriptions/list-filter.ts";
import { managementActions } from "./management-actions.ts";

/** `GET {scope}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq '…'` */
export function listRoleDefinitions(request: HttpRequest, scope: string): HttpAnswer {
  const { equals } = parseListFilter(request.query.get("$filter"));
  const roleName = equals.get("rolename")?.toLowerCase();
  const value = ROLE_DEFINITIONS.filter(
    (role) => roleName === undefined || role.roleName.toLowerCase() === roleName,
  ).map((role) => renderDefinition(role, scope));
  return { status: 200, body: { value } };
}

export function getRoleDefinition(scope: string, name: string): HttpAnswer {
  const role = findRoleDefinition(name);
  if (role === undefined)
    throw new ArmError(
      404,
      "RoleDefinitionDoesNotExist",
      `The specified role definition with ID '${name}' does not exist.`,
    );
  return { status: 200, body: renderDefinition(role, scope) };
}

function renderDefinition(role: RoleDefinition, scope: string): object {
  const { subscriptionId } = parseScope(scope);
  const subscription = subscriptionId === undefined ? "" : `/subscriptions/${subscriptionId}`;
  return {
    id: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role.name}`,
    name: role.name,
    type: "Microsoft.Authorization/roleDefinitions",
    properties: {
      roleName: role.roleName,
      type: "BuiltInRole",
      description: role.description,
      assignableScopes: ["/"],
      permissions: [
        { ...managementActions(role.roleName), dataActions: role.dataActions, notDataActions: [] },
      ],
    },
  };
}
