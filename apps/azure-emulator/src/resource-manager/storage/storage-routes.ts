import { createHash } from "node:crypto";

import { z } from "zod";

import type { StorageAccount } from "../../core/model.ts";
import type { Endpoints } from "../../dependencies.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { ArmError, resourceNotFound } from "../arm-error.ts";
import { locationSchema, parseBody, tagsSchema } from "../request-body.ts";
import { resourceId } from "../resource-id.ts";

const TYPE = "Microsoft.Storage/storageAccounts";
const GROUP_PATH = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${TYPE}`;
const ACCOUNT_PATH = `${GROUP_PATH}/{account}`;

/** Storage accounts as far as an order needs them: their existence and region. */
export const storageRoutes: readonly ArmRoute[] = [
  row("PUT", ACCOUNT_PATH, putAccount),
  row("GET", ACCOUNT_PATH, getAccount),
  row("DELETE", ACCOUNT_PATH, deleteAccount),
  row("POST", `${ACCOUNT_PATH}/listKeys`, listKeys),
  row("GET", GROUP_PATH, listAccounts),
  row("GET", `/subscriptions/{subscription}/providers/${TYPE}`, listAccounts),
  row(
    "POST",
    "/subscriptions/{subscription}/providers/Microsoft.Storage/checkNameAvailability",
    checkNameAvailability,
  ),
];

const ACCOUNT_NAME = /^[a-z0-9]{3,24}$/;

const bodySchema = z.object({
  location: locationSchema,
  kind: z.string().max(64),
  sku: z.object({ name: z.string().max(64) }),
  tags: tagsSchema.nullish(),
});

const nameSchema = z.object({ name: z.string().max(256) });

function putAccount(context: ArmContext): HttpAnswer {
  const { endpoints, state } = context.deps;
  const body = parseBody(context.request, bodySchema);
  const name = parameter(context, "account");
  if (!ACCOUNT_NAME.test(name))
    throw new ArmError(400, "AccountNameInvalid", invalidNameMessage(name));
  const subscriptionId = parameter(context, "subscription");
  const resourceGroup = parameter(context, "group");
  const id = resourceId(subscriptionId, resourceGroup, TYPE, name);
  const existing = state.get("storageAccount", id);
  if (existing === undefined && isTaken(name, context))
    throw new ArmError(409, "StorageAccountAlreadyTaken", takenMessage(name));
  if (existing !== undefined && existing.location !== body.location)
    throw new ArmError(
      409,
      "InvalidResourceLocation",
      `The resource '${name}' already exists in location '${existing.location}' in resource group '${resourceGroup}'. A resource with the same name cannot be created in location '${body.location}'. Please select a new resource name.`,
    );
  const account: StorageAccount = {
    id,
    subscriptionId,
    resourceGroup,
    name,
    location: body.location,
    kind: body.kind,
    skuName: body.sku.name,
    tags: body.tags ?? {},
  };
  state.put("storageAccount", account);
  return { status: 200, body: renderAccount(account, endpoints) };
}

function getAccount(context: ArmContext): HttpAnswer {
  const account = findAccount(context);
  if (account === undefined)
    throw resourceNotFound(TYPE, parameter(context, "account"), parameter(context, "group"));
  return { status: 200, body: renderAccount(account, context.deps.endpoints) };
}

/** The emulator has no blobs: the keys have the form of an account's, and open nothing. */
function listKeys(context: ArmContext): HttpAnswer {
  const account = findAccount(context);
  if (account === undefined)
    throw resourceNotFound(TYPE, parameter(context, "account"), parameter(context, "group"));
  const keys = ["key1", "key2"].map((keyName) => ({
    keyName,
    value: createHash("sha512").update(`${account.id.toLowerCase()} ${keyName}`).digest("base64"),
    permissions: "FULL",
  }));
  return { status: 200, body: { keys } };
}

function deleteAccount(context: ArmContext): HttpAnswer {
  const account = findAccount(context);
  if (account === undefined) return { status: 204 };
  context.deps.state.delete("storageAccount", account.id);
  return { status: 200 };
}

function listAccounts(context: ArmContext): HttpAnswer {
  const subscription = parameter(context, "subscription").toLowerCase();
  const group = context.parameters["group"]?.toLowerCase();
  const accounts = context.deps.state
    .list("storageAccount")
    .filter(
      (account) =>
        account.subscriptionId.toLowerCase() === subscription &&
        (group === undefined || account.resourceGroup.toLowerCase() === group),
    );
  return {
    status: 200,
    body: { value: accounts.map((account) => renderAccount(account, context.deps.endpoints)) },
  };
}

function checkNameAvailability(context: ArmContext): HttpAnswer {
  const { name } = parseBody(context.request, nameSchema);
  if (!ACCOUNT_NAME.test(name)) return unavailable("AccountNameInvalid", invalidNameMessage(name));
  if (isTaken(name, context)) return unavailable("AlreadyExists", takenMessage(name));
  return { status: 200, body: { nameAvailable: true } };
}

function unavailable(reason: string, message: string): HttpAnswer {
  return { status: 200, body: { nameAvailable: false, reason, message } };
}

/** Names are unique in the whole cloud. */
function isTaken(name: string, context: ArmContext): boolean {
  return context.deps.state.list("storageAccount").some((account) => account.name === name);
}

function invalidNameMessage(name: string): string {
  return `${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`;
}

function takenMessage(name: string): string {
  return `The storage account named ${name} is already taken.`;
}

function findAccount(context: ArmContext): StorageAccount | undefined {
  const id = resourceId(
    parameter(context, "subscription"),
    parameter(context, "group"),
    TYPE,
    parameter(context, "account"),
  );
  return context.deps.state.get("storageAccount", id);
}

function renderAccount(account: StorageAccount, { storageSuffix }: Endpoints): object {
  const host = `${account.name}.blob.${storageSuffix}`;
  return {
    id: account.id,
    name: account.name,
    type: TYPE,
    location: account.location,
    kind: account.kind,
    sku: { name: account.skuName, tier: account.skuName.split("_")[0] ?? "Standard" },
    tags: account.tags,
    properties: {
      provisioningState: "Succeeded",
      primaryLocation: account.location,
      statusOfPrimary: "available",
      supportsHttpsTrafficOnly: true,
      primaryEndpoints: { blob: `https://${host}/` },
    },
  };
}
