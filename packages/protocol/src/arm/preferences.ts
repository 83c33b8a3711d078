import * as z from "zod/mini";

import { armEnum, readOnlyMember, text } from "./fields.ts";

const transportPreferences = z.strictObject({
  preferredShipmentType: armEnum(["MicrosoftManaged", "CustomerManaged"]),
  isUpdated: readOnlyMember,
});

export const preferences = z.strictObject({
  preferredDataCenterRegion: z.optional(z.array(text(64)).check(z.maxLength(16))),
  transportPreferences: z.optional(transportPreferences),
  reverseTransportPreferences: z.optional(transportPreferences),
  encryptionPreferences: z.optional(
    z.strictObject({
      doubleEncryption: z.optional(armEnum(["Enabled", "Disabled"])),
      hardwareEncryption: z.optional(armEnum(["Enabled", "Disabled"])),
    }),
  ),
  storageAccountAccessTierPreferences: z.optional(
    z.array(armEnum(["Archive"])).check(z.maxLength(4)),
  ),
});
export type Preferences = z.infer<typeof preferences>;
