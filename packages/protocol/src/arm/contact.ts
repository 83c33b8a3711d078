import * as z from "zod/mini";

import { armEnum, countryCode, readOnlyMember, requiredText, text } from "./fields.ts";

export const NOTIFICATION_STAGES = [
  "DevicePrepared",
  "Dispatched",
  "Delivered",
  "PickedUp",
  "AtAzureDC",
  "DataCopy",
  "Created",
  "ShippedToCustomer",
] as const;

export const notificationPreference = z.strictObject({
  stageName: armEnum(NOTIFICATION_STAGES),
  sendNotification: z.optional(z.boolean()),
});

const contactInfoShape = {
  contactName: requiredText(128),
  phone: requiredText(32),
  phoneExtension: z.optional(text(16)),
  mobile: z.optional(text(32)),
};
export const contactInfo = z.strictObject(contactInfoShape);
export const contactDetails = z.strictObject({
  ...contactInfoShape,
  emailList: z
    .array(
      z
        .string()
        .check(z.maxLength(254), z.regex(/^[^\s@]+@[^\s@]+$/, "expected an e-mail address")),
    )
    .check(z.minLength(1), z.maxLength(10)),
  notificationPreference: z.optional(
    z.array(notificationPreference).check(z.maxLength(NOTIFICATION_STAGES.length)),
  ),
});
export type ContactDetails = z.infer<typeof contactDetails>;

export const shippingAddress = z.strictObject({
  streetAddress1: requiredText(128),
  streetAddress2: z.optional(text(128)),
  streetAddress3: z.optional(text(128)),
  city: z.optional(text(64)),
  stateOrProvince: z.optional(text(64)),
  country: countryCode,
  postalCode: z.optional(text(16)),
  zipExtendedCode: z.optional(text(16)),
  companyName: z.optional(text(128)),
  addressType: z.optional(armEnum(["None", "Residential", "Commercial"])),
  skipAddressValidation: z.optional(z.boolean()),
  taxIdentificationNumber: z.optional(text(32)),
});
export type ShippingAddress = z.infer<typeof shippingAddress>;

export const reverseShippingDetails = z.strictObject({
  contactDetails: z.optional(contactInfo),
  shippingAddress: z.optional(shippingAddress),
  isUpdated: readOnlyMember,
});
export type ReverseShippingDetails = z.infer<typeof reverseShippingDetails>;
