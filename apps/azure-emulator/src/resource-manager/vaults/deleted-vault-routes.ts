import { z } from "zod";

import { isSame, type Vault } from "../../core/model.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { purgeDueVaults, purgeVault } from "../../state/purge.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { parseBody } from "../request-body.ts";
import { answerNameCheck, isInScope } from "../resource-type.ts";
import { checkPurgeAllowed } from "./decide-vault.ts";
import { renderDeletedVault } from "./render-vault.ts";
import { invalidVaultNameMessage, isVaultName, vaultAlreadyExistsMessage } from "./vault-name.ts";
import { deletedVaultNotFound } from "./vault-routes.ts";

const PROVIDER_PATH = "/subscriptions/{subscription}/providers/Microsoft.KeyVault";
const DELETED_PATH = `${PROVIDER_PATH}/locations/{location}/deletedVaults/{vault}`;

export const deletedVaultRoutes: readonly ArmRoute[] = [
  row("GET", `${PROVIDER_PATH}/deletedVaults`, listDeletedVaults),
  row("GET", DELETED_PATH, getDeletedVault),
  row("POST", `${DELETED_PATH}/purge`, purgeDeletedVault),
  row("POST", `${PROVIDER_PATH}/checkNameAvailability`, checkNameAvailability),
];

const nameSchema = z.object({ name: z.string().max(256), type: z.string().max(128) });

function listDeletedVaults(context: ArmContext): HttpAnswer {
  const { state, now } = context.deps;
  purgeDueVaults(state, now());
  const deleted = state
    .list("vault")
    .filter((vault) => vault.deletion !== undefined && isInScope(vault, context));
  return { status: 200, body: { value: deleted.map(renderDeletedVault) } };
}

function getDeletedVault(context: ArmContext): HttpAnswer {
  return { status: 200, body: renderDeletedVault(requireDeletedVault(context)) };
}

/**
 * Azure answers 202 and finishes later; here it is done at once, which clients read as a finished
 * operation.
 */
function purgeDeletedVault(context: ArmContext): HttpAnswer {
  const vault = requireDeletedVault(context);
  checkPurgeAllowed(vault);
  purgeVault(context.deps.state, vault.name);
  return { status: 200 };
}

function checkNameAvailability(context: ArmContext): HttpAnswer {
  const { name } = parseBody(context.request, nameSchema);
  const { state, now } = context.deps;
  purgeDueVaults(state, now());
  if (!isVaultName(name))
    return answerNameCheck("AccountNameInvalid", invalidVaultNameMessage(name));
  if (state.get("vault", name) !== undefined)
    return answerNameCheck("AlreadyExists", vaultAlreadyExistsMessage(name));
  return answerNameCheck();
}

function requireDeletedVault(context: Pick<ArmContext, "deps" | "parameters">): Vault {
  const { state, now } = context.deps;
  purgeDueVaults(state, now());
  const name = parameter(context, "vault");
  const vault = state.get("vault", name);
  const isHere =
    vault?.deletion !== undefined &&
    isSame(vault.subscriptionId, parameter(context, "subscription")) &&
    vault.location === parameter(context, "location").toLowerCase();
  if (vault === undefined || !isHere) throw deletedVaultNotFound(name);
  return vault;
}
