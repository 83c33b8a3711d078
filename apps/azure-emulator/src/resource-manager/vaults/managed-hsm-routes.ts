import { z } from "zod";

import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { resourceNotFound } from "../arm-error.ts";
import { parseBody } from "../request-body.ts";
import { answerNameCheck } from "../resource-type.ts";
import { invalidVaultNameMessage, isVaultName } from "./vault-name.ts";

const PROVIDER_PATH = "/subscriptions/{subscription}/providers/Microsoft.KeyVault";
const TYPE = "Microsoft.KeyVault/managedHSMs";
const GROUP_PATH = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${TYPE}`;

/**
 * This cloud has no managed HSMs. Clients that list vaults (`az keyvault list-deleted`,
 * `check-name`) also request their lists, so the lists exist and are empty.
 */
export const managedHsmRoutes: readonly ArmRoute[] = [
  row("GET", `${PROVIDER_PATH}/managedHSMs`, answerNone),
  row("GET", `${PROVIDER_PATH}/deletedManagedHSMs`, answerNone),
  row("GET", GROUP_PATH, answerNone),
  row("GET", `${GROUP_PATH}/{name}`, answerAbsent),
  row("POST", `${PROVIDER_PATH}/checkMhsmNameAvailability`, checkName),
];

const nameSchema = z.object({ name: z.string().max(256) });

function answerNone(): HttpAnswer {
  return { status: 200, body: { value: [] } };
}

function answerAbsent(context: ArmContext): HttpAnswer {
  throw resourceNotFound(TYPE, parameter(context, "name"), parameter(context, "group"));
}

function checkName({ request }: ArmContext): HttpAnswer {
  const { name } = parseBody(request, nameSchema);
  return isVaultName(name)
    ? answerNameCheck()
    : answerNameCheck("AccountNameInvalid", invalidVaultNameMessage(name));
}
