import {
  findRoleDefinition,
  ROLE_DEFINITIONS,
  type RoleDefinition,
} from "../../core/role-definitions.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import { ArmError } from "../arm-error.ts";
import { parseScope } from "../resource-id.ts";
import { parseListFilter } from "../subscriptions/list-filter.ts";

/**
 * The actions of the built-in roles on Resource Manager itself, for clients that read role
 * definitions. The emulator does not enforce these: any caller with a token of its tenant may
 * manage everything.
 */
const MANAGEMENT_ACTIONS: Readonly<
  Record<string, { readonly actions: readonly string[]; readonly notActions: readonly string[] }>
> = {
  Owner: { actions: ["*"], notActions: [] },
  Contributor: {
    actions: ["*"],
    notActions: [
      "Microsoft.Authorization/*/Delete",
      "Microsoft.Authorization/*/Write",
      "Microsoft.Authorization/elevateAccess/Action",
    ],
  },
  Reader: { actions: ["*/read"], notActions: [] },
  "Key Vault Contributor": {
    actions: [
      "Microsoft.Authorization/*/read",
      "Microsoft.KeyVault/*",
      "Microsoft.Resources/subscriptions/resourceGroups/read",
    ],
    notActions: [
      "Microsoft.KeyVault/locations/deletedVaults/purge/action",
      "Microsoft.KeyVault/hsmPools/*",
      "Microsoft.KeyVault/managedHsms/*",
    ],
  },
};
/** The roles of Key Vault's data plane may only read vaults. */
const DATA_PLANE_ROLE = {
  actions: [
    "Microsoft.Authorization/*/read",
    "Microsoft.KeyVault/checkNameAvailability/read",
    "Microsoft.KeyVault/deletedVaults/read",
    "Microsoft.KeyVault/locations/*/read",
    "Microsoft.KeyVault/vaults/*/read",
  ],
  notActions: [],
};
/** None of an organization's own are here. */
const ROLE_TYPE = "BuiltInRole";

/** `GET {scope}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq '…'` */
export function listRoleDefinitions(request: HttpRequest, scope: string): HttpAnswer {
  const { equals } = parseListFilter(request.query.get("$filter"));
  const roleName = equals.get("rolename")?.toLowerCase();
  const type = equals.get("type")?.toLowerCase() ?? ROLE_TYPE.toLowerCase();
  const value = ROLE_DEFINITIONS.filter(
    (role) =>
      type === ROLE_TYPE.toLowerCase() &&
      (roleName === undefined || role.roleName.toLowerCase() === roleName),
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
      type: ROLE_TYPE,
      description: role.description,
      assignableScopes: ["/"],
      permissions: [
        { ...managementActions(role.roleName), dataActions: role.dataActions, notDataActions: [] },
      ],
    },
  };
}

function managementActions(roleName: string) {
  return MANAGEMENT_ACTIONS[roleName] ?? DATA_PLANE_ROLE;
}
