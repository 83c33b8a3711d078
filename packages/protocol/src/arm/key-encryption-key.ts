import * as z from "zod/mini";

import { armEnum, requiredText, userIdentityId } from "./fields.ts";

export const KEK_TYPES = ["MicrosoftManaged", "CustomerManaged"] as const;

export const identityProperties = z.optional(
  z.strictObject({
    type: z.optional(armEnum(["SystemAssigned", "UserAssigned"])),
    userAssigned: z.optional(z.strictObject({ resourceId: z.optional(userIdentityId) })),
  }),
);

/**
 * The key that encrypts the unlock key, as a client writes it. The URL is text here: its faults
 * have codes of their own (scheme, host, form), which the checks of a key give.
 */
export const keyEncryptionKey = z.strictObject({
  kekType: armEnum(KEK_TYPES),
  kekUrl: z.optional(requiredText(2048)),
  kekVaultResourceID: z.optional(requiredText(512)),
  identityProperties,
});
export type KeyEncryptionKey = z.infer<typeof keyEncryptionKey>;

/** In a PATCH each member is optional; missing ones stay unchanged. */
export const keyEncryptionKeyPatch = z.partial(keyEncryptionKey);
export type KeyEncryptionKeyPatch = z.infer<typeof keyEncryptionKeyPatch>;
