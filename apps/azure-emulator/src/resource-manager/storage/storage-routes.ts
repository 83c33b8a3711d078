import { createHash } from "node:crypto";

import { z } from "zod";

import type { StorageAccount } from "../../core/model.ts";
import type { EmulatorDependencies } from "../../dependencies.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import type { ArmContext, ArmRoute } from "../arm-context.ts";
import { ArmError } from "../arm-error.ts";
import { locationSchema, parseBody, tagsSchema } from "../request-body.ts";
import { answerNameCheck, refuseMove, resourceType } from "../resource-type.ts";

const TYPE = "Microsoft.Storage/storageAccounts";
const ACCOUNTS = resourceType("storageAccount", TYPE, renderAccount);

/** Storage accounts as far as an order needs them: their existence and region. */
export const storageRoutes: readonly ArmRoute[] = [
  row("PUT", ACCOUNTS.path, putAccount),
  row("PATCH", ACCOUNTS.path, patchAccount),
  row("POST", `${ACCOUNTS.path}/listKeys`, listKeys),
  ...ACCOUNTS.routes,
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

const patchSchema = bodySchema.omit({ location: true }).partial();

const nameSchema = z.object({ name: z.string().max(256) });

function putAccount(context: ArmContext): HttpAnswer {
  const body = parseBody(context.request, bodySchema);
  const place = ACCOUNTS.placeOf(context);
  const { name, resourceGroup } = place;
  if (!ACCOUNT_NAME.test(name))
    throw new ArmError(400, "AccountNameInvalid", invalidNameMessage(name));
  const existing = ACCOUNTS.find(context);
  if (existing !== undefined) refuseMove(name, resourceGroup, existing.location, body.location);
  else if (isTaken(name, context))
    throw new ArmError(409, "StorageAccountAlreadyTaken", takenMessage(name));
  const account: StorageAccount = {
    ...place,
    location: body.location,
    kind: body.kind,
    skuName: body.sku.name,
    tags: body.tags ?? {},
  };
  return ACCOUNTS.put(account, context);
}

function patchAccount(context: ArmContext): HttpAnswer {
  const { kind, sku, tags } = parseBody(context.request, patchSchema);
  const account = ACCOUNTS.require(context);
  const changed = {
    kind: kind ?? account.kind,
    skuName: sku?.name ?? account.skuName,
    tags: tags ?? account.tags,
  };
  return ACCOUNTS.put({ ...account, ...changed }, context);
}

/** The emulator has no blobs: the keys have the form of an account's, and open nothing. */
function listKeys(context: ArmContext): HttpAnswer {
  const { id } = ACCOUNTS.require(context);
  const keys = ["key1", "key2"].map((keyName) => ({
    keyName,
    value: createHash("sha512").update(`${id.toLowerCase()} ${keyName}`).digest("base64"),
    permissions: "FULL",
  }));
  return { status: 200, body: { keys } };
}

function checkNameAvailability(context: ArmContext): HttpAnswer {
  const { name } = parseBody(context.request, nameSchema);
  if (!ACCOUNT_NAME.test(name))
    return answerNameCheck("AccountNameInvalid", invalidNameMessage(name));
  if (isTaken(name, context)) return answerNameCheck("AlreadyExists", takenMessage(name));
  return answerNameCheck();
}

/** Names are unique in the whole cloud. */
function isTaken(name: string, context: Pick<ArmContext, "deps">): boolean {
  return context.deps.state.list("storageAccount").some((account) => account.name === name);
}

function invalidNameMessage(name: string): string {
  return `${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`;
}

function takenMessage(name: string): string {
  return `The storage account named ${name} is already taken.`;
}

function renderAccount(
  account: StorageAccount,
  { endpoints }: Pick<EmulatorDependencies, "endpoints">,
): object {
  const host = `${account.name}.blob.${endpoints.storageSuffix}`;
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
