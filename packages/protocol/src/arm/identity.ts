import * as z from "zod/mini";

import { readOnlyMember, userIdentityId } from "./fields.ts";

export const IDENTITY_TYPES = [
  "None",
  "SystemAssigned",
  "UserAssigned",
  "SystemAssigned,UserAssigned",
] as const;
export type IdentityType = (typeof IDENTITY_TYPES)[number];

/** ARM writes both types with and without a space, and in any letter case. */
const identityType = z.pipe(
  z.transform((value: unknown) => {
    if (typeof value !== "string") return value;
    const wanted = value.replaceAll(" ", "").toLowerCase();
    return IDENTITY_TYPES.find((type) => type.toLowerCase() === wanted) ?? value;
  }),
  z.enum(IDENTITY_TYPES),
);

/**
 * Identity as a client writes it. In a PATCH, null removes one user-assigned identity and `{}` adds
 * one.
 */
export const resourceIdentity = z.strictObject({
  type: identityType,
  principalId: readOnlyMember,
  tenantId: readOnlyMember,
  userAssignedIdentities: z.optional(
    z.record(
      userIdentityId,
      z.nullable(z.strictObject({ principalId: readOnlyMember, clientId: readOnlyMember })),
    ),
  ),
});
export type ResourceIdentity = z.infer<typeof resourceIdentity>;

/** Identity as it is read. */
export const resourceIdentityView = z.object({
  type: z.enum(IDENTITY_TYPES),
  principalId: z.optional(z.string()),
  tenantId: z.optional(z.string()),
  userAssignedIdentities: z.optional(
    z.record(z.string(), z.object({ principalId: z.string(), clientId: z.string() })),
  ),
});
export type ResourceIdentityView = z.infer<typeof resourceIdentityView>;
