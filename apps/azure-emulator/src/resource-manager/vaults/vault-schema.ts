import { z } from "zod";

import { locationSchema, tagsSchema } from "../request-body.ts";

const permissions = z.array(z.string().max(64)).max(64);

const accessPoliciesSchema = z.array(
  z.object({
    tenantId: z.guid(),
    objectId: z.string().min(1).max(128),
    applicationId: z.guid().nullish(),
    permissions: z.object({
      keys: permissions.nullish(),
      secrets: permissions.nullish(),
      certificates: permissions.nullish(),
      storage: permissions.nullish(),
    }),
  }),
);

/** A member may be null: .NET and Go clients write it so for "not given". */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish();

const properties = z.object({
  tenantId: optional(z.guid()),
  sku: optional(z.object({ family: z.string().max(8), name: z.string().max(32) })),
  accessPolicies: optional(accessPoliciesSchema),
  enabledForDeployment: optional(z.boolean()),
  enabledForDiskEncryption: optional(z.boolean()),
  enabledForTemplateDeployment: optional(z.boolean()),
  enableSoftDelete: optional(z.boolean()),
  softDeleteRetentionInDays: optional(z.int()),
  enableRbacAuthorization: optional(z.boolean()),
  enablePurgeProtection: optional(z.boolean()),
  createMode: optional(z.enum(["default", "recover"])),
  networkAcls: optional(
    z.object({
      bypass: optional(z.string().max(32)),
      defaultAction: optional(z.string().max(32)),
      ipRules: optional(z.array(z.object({ value: z.string().max(64) }))),
      virtualNetworkRules: optional(z.array(z.object({ id: z.string().max(2_048) }))),
    }),
  ),
  publicNetworkAccess: optional(z.string().max(32)),
});

export const vaultPutSchema = z.object({
  location: locationSchema,
  tags: optional(tagsSchema),
  properties,
});
export const vaultPatchSchema = z.object({
  tags: optional(tagsSchema),
  properties: optional(properties),
});
export const accessPolicyBodySchema = z.object({
  properties: z.object({ accessPolicies: accessPoliciesSchema }),
});

export type VaultProperties = z.infer<typeof properties>;
/** An access policy as requests write it; a vault's own policies are one too. */
export type AccessPolicyInput = {
  readonly tenantId: string;
  readonly objectId: string;
  readonly applicationId?: string | null | undefined;
  readonly permissions: {
    readonly [Kind in "keys" | "secrets" | "certificates" | "storage"]?:
      | readonly string[]
      | null
      | undefined;
  };
};
