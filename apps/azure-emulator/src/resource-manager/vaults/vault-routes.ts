import { changeAccess } from "../../core/access-history.ts";
import { isSame, type Vault } from "../../core/model.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import type { EmulatorState } from "../../state/emulator-state.ts";
import { purgeDueVaults, purgeVault } from "../../state/purge.ts";
import {
  type ArmContext,
  type ArmRoute,
  createdNow,
  modifiedNow,
  parameter,
} from "../arm-context.ts";
import { ArmError, badRequest, resourceNotFound } from "../arm-error.ts";
import { RBAC_BY_DEFAULT_SINCE } from "../providers.ts";
import { parseBody } from "../request-body.ts";
import { isWithin, resourceId } from "../resource-id.ts";
import { isInScope, refuseMove } from "../resource-type.ts";
import { answerPage } from "../subscriptions/page.ts";
import { changePolicies, parseAccessPolicies, type PolicyChange } from "./access-policies.ts";
import {
  decideChangedVault,
  decideDeletedVault,
  decideNewVault,
  decideRecoveredVault,
} from "./decide-vault.ts";
import { renderAccessPolicy, renderVault } from "./render-vault.ts";
import { invalidVaultNameMessage, isVaultName, vaultAlreadyExistsMessage } from "./vault-name.ts";
import {
  accessPolicyBodySchema,
  type VaultProperties,
  vaultPatchSchema,
  vaultPutSchema,
} from "./vault-schema.ts";

const TYPE = "Microsoft.KeyVault/vaults";
const GROUP_PATH =
  "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults";
export const VAULT_PATH = `${GROUP_PATH}/{vault}`;

export const vaultRoutes: readonly ArmRoute[] = [
  row("PUT", VAULT_PATH, putVault),
  row("PATCH", VAULT_PATH, patchVault),
  row("GET", VAULT_PATH, getVault),
  row("DELETE", VAULT_PATH, deleteVault),
  row("PUT", `${VAULT_PATH}/accessPolicies/{change}`, putAccessPolicies),
  row("GET", GROUP_PATH, listVaults),
  row("GET", "/subscriptions/{subscription}/providers/Microsoft.KeyVault/vaults", listVaults),
];

function putVault(context: ArmContext): HttpAnswer {
  const { state, endpoints, now } = context.deps;
  const body = parseBody(context.request, vaultPutSchema);
  const name = parameter(context, "vault");
  const subscription = parameter(context, "subscription");
  const group = parameter(context, "group");
  if (!isVaultName(name))
    throw new ArmError(400, "VaultNameNotValid", invalidVaultNameMessage(name));
  purgeDueVaults(state, now());
  const id = resourceId(subscription, group, TYPE, name);
  const existing = state.get("vault", name);
  const tags = body.tags ?? {};

  if (existing === undefined) {
    if (body.properties.createMode === "recover") throw deletedVaultNotFound(name);
    const vault = decideNewVault(
      { id, name, subscriptionId: subscription, resourceGroup: group, location: body.location },
      body.properties,
      tags,
      createdNow(context),
      context.apiVersion >= RBAC_BY_DEFAULT_SINCE,
    );
    state.put("vault", vault);
    return { status: 200, body: renderVault(vault, endpoints, "RegisteringDns") };
  }
  if (!isSame(existing.id, id))
    throw new ArmError(409, "VaultAlreadyExists", vaultAlreadyExistsMessage(name));
  refuseMove(name, group, existing.location, body.location);
  const provenance = modifiedNow(existing.provenance, context);
  if (existing.deletion !== undefined) {
    if (body.properties.createMode !== "recover")
      throw new ArmError(
        409,
        "ConflictError",
        "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
      );
    const recovered = decideRecoveredVault(existing, provenance);
    state.put("vault", recovered);
    return { status: 200, body: renderVault(recovered, endpoints, "RegisteringDns") };
  }
  const isRbac = body.properties.enableRbacAuthorization ?? existing.access.rbacAuthorization;
  if (!body.properties.accessPolicies && !isRbac)
    throw badRequest("The parameter accessPolicies is not specified.");
  return update(existing, body.properties, tags, context);
}

function patchVault(context: ArmContext): HttpAnswer {
  const body = parseBody(context.request, vaultPatchSchema);
  const vault = requireVault(context);
  return update(vault, body.properties ?? {}, body.tags ?? undefined, context);
}

function update(
  vault: Vault,
  properties: VaultProperties,
  tags: Vault["tags"] | undefined,
  context: ArmContext,
): HttpAnswer {
  const { state, endpoints, now } = context.deps;
  const changed = decideChangedVault(
    vault,
    properties,
    tags,
    modifiedNow(vault.provenance, context),
    now(),
  );
  state.put("vault", changed);
  return { status: 200, body: renderVault(changed, endpoints) };
}

function getVault(context: ArmContext): HttpAnswer {
  const vault = requireVault(context);
  return { status: 200, body: renderVault(vault, context.deps.endpoints) };
}

function deleteVault(context: ArmContext): HttpAnswer {
  const { state, now } = context.deps;
  const vault = findVault(context);
  if (vault === undefined) return { status: 204 };
  state.transaction(() => {
    deleteRoleAssignmentsOf(state, vault.id);
    if (vault.softDeleteEnabled) state.put("vault", decideDeletedVault(vault, now()));
    else purgeVault(state, vault.name);
  });
  return { status: 200 };
}

function putAccessPolicies(context: ArmContext): HttpAnswer {
  const change = parameter(context, "change").toLowerCase();
  if (!isPolicyChange(change))
    throw badRequest(
      `The access policy operation '${change}' is not supported. Use one of add, replace, remove.`,
    );
  const { properties } = parseBody(context.request, accessPolicyBodySchema);
  const vault = requireVault(context);
  const { access } = vault;
  const given = parseAccessPolicies(properties.accessPolicies, access.tenantId);
  const accessPolicies = parseAccessPolicies(
    changePolicies(access.accessPolicies, change, given),
    access.tenantId,
  );
  const changed = changeAccess(vault, { ...access, accessPolicies }, context.deps.now());
  context.deps.state.put("vault", {
    ...changed,
    provenance: modifiedNow(vault.provenance, context),
  });
  return {
    status: 200,
    body: {
      id: `${vault.id}/accessPolicies/`,
      type: `${TYPE}/accessPolicies`,
      location: vault.location,
      properties: { accessPolicies: accessPolicies.map(renderAccessPolicy) },
    },
  };
}

function listVaults(context: ArmContext): HttpAnswer {
  const { state, endpoints, now } = context.deps;
  purgeDueVaults(state, now());
  const vaults = state
    .list("vault")
    .filter((vault) => vault.deletion === undefined && isInScope(vault, context));
  const rendered = vaults.map((vault) => ({ id: vault.id, ...renderVault(vault, endpoints) }));
  return answerPage(rendered, context);
}

function findVault(context: Pick<ArmContext, "deps" | "parameters">): Vault | undefined {
  const { state, now } = context.deps;
  purgeDueVaults(state, now());
  const name = parameter(context, "vault");
  const vault = state.get("vault", name);
  const [subscription, group] = [parameter(context, "subscription"), parameter(context, "group")];
  const id = resourceId(subscription, group, TYPE, name);
  const isHere = vault?.deletion === undefined && isSame(vault?.id, id);
  return isHere ? vault : undefined;
}

/** @throws ArmError 404 ResourceNotFound */
export function requireVault(context: ArmContext): Vault {
  const vault = findVault(context);
  if (vault !== undefined) return vault;
  throw resourceNotFound(TYPE, parameter(context, "vault"), parameter(context, "group"));
}

export function deletedVaultNotFound(name: string): ArmError {
  return new ArmError(
    404,
    "DeletedVaultNotFound",
    `The specified deleted vault '${name}' does not exist.`,
  );
}

function isPolicyChange(change: string): change is PolicyChange {
  return change === "add" || change === "replace" || change === "remove";
}

/**
 * Role assignments at a vault or beneath it are removed with its deletion and do not come back (Key
 * Vault, soft-delete overview).
 */
function deleteRoleAssignmentsOf(state: EmulatorState, vaultId: string): void {
  for (const assignment of state.list("roleAssignment"))
    if (isWithin(assignment.scope, vaultId)) state.delete("roleAssignment", assignment.id);
}
