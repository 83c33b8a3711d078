import * as z from "zod/mini";

import { type IdentifierKind, patternOf, resourceIdPattern } from "../identifiers.ts";

const ARM_ID = new RegExp(
  String.raw`^/subscriptions/${patternOf("subscriptionId")}(/resourceGroups/${patternOf("resourceGroup")}(/providers/[A-Za-z.]{1,64}(/[A-Za-z]{1,64}/[-\w.]{1,128}){1,3})?)?$`,
  "i",
);
const PRINTABLE = /^\P{Cc}*$/u;
const NOT_PRINTABLE = "control characters are not allowed";

/**
 * Free text of a person: no control characters, so that it cannot forge a line of a log or a label.
 */
export const text = (maxCharacters: number) =>
  z.string().check(z.maxLength(maxCharacters), z.regex(PRINTABLE, NOT_PRINTABLE));
export const requiredText = (maxCharacters: number) =>
  z.string().check(z.minLength(1), z.maxLength(maxCharacters), z.regex(PRINTABLE, NOT_PRINTABLE));
/** Resource id of a subscription, a group or a resource; letter case does not matter. */
export const armId = z
  .string()
  .check(z.maxLength(512), z.regex(ARM_ID, "expected a resource id, /subscriptions/{id}/…"));
const resourceId = (type: string, kind: IdentifierKind, what: string) =>
  z.string().check(z.regex(resourceIdPattern(type, kind), `expected the resource id of ${what}`));
export const userIdentityId = resourceId(
  "Microsoft.ManagedIdentity/userAssignedIdentities",
  "identityName",
  "a user-assigned identity",
);
export const storageAccountId = resourceId(
  "Microsoft.(?:Classic)?Storage/storageAccounts",
  "storageAccount",
  "a storage account",
);
export const orderResourceId = resourceId("Microsoft.DataBox/jobs", "jobName", "an order");
export const dateTime = z.iso.datetime({
  offset: true,
  local: true,
  error: "expected an ISO 8601 date and time",
});
export const countryCode = z
  .string()
  .check(z.regex(/^[A-Za-z]{2}$/, "expected two letters (ISO 3166-1), such as US"));

/** Members that only the service writes; clients send them back unchanged, and they are ignored. */
export const readOnlyMember = z.optional(
  z.unknown().register(z.globalRegistry, { readOnly: true }),
);

/** One of the named values, in any letter case, as Resource Manager compares them. */
export function armEnum<const Values extends readonly [string, ...string[]]>(values: Values) {
  const canonical = new Map(values.map((value) => [value.toLowerCase(), value]));
  return z.pipe(
    z.transform((value: unknown) =>
      typeof value === "string" ? (canonical.get(value.toLowerCase()) ?? value) : value,
    ),
    z.enum(values),
  );
}

/** A page of a list. */
export const page = <Item extends z.core.$ZodType>(item: Item) =>
  z.object({ value: z.array(item), nextLink: z.optional(z.string()) });
