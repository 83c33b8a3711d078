import type { JobDetailsView } from "@databox-cmk/protocol";

import { type Contact, contactPart, EMPTY_CONTACT } from "./new-order.ts";

/** Stages for which the contact can be notified. */
export type Notifications = Readonly<Record<string, boolean>>;

type Details = Pick<JobDetailsView, "contactDetails" | "shippingAddress">;

/** An order's contact in the form of the page; empty once the order has ended. */
export function contactOf({ contactDetails, shippingAddress = {} }: Details): Contact {
  const known: Readonly<Record<string, unknown>> = { ...shippingAddress, ...contactDetails };
  const { emailList } = contactDetails;
  const contact = Object.fromEntries(
    Object.keys(EMPTY_CONTACT).map((name) => [name, textOf(known[name])]),
  );
  return {
    ...EMPTY_CONTACT,
    ...contact,
    emails: Array.isArray(emailList) ? emailList.map(textOf).join(", ") : "",
  };
}

export function notificationsOf({ contactDetails }: Details): Notifications {
  const { notificationPreference } = contactDetails;
  if (!Array.isArray(notificationPreference)) return {};
  return Object.fromEntries(
    notificationPreference.flatMap((each: unknown) =>
      typeof each === "object" && each !== null && "stageName" in each
        ? [
            [
              textOf(each.stageName),
              !("sendNotification" in each && each.sendNotification === false),
            ],
          ]
        : [],
    ),
  );
}

/**
 * The PATCH of the person's changes; includes the address only while the stage allows its change.
 */
export function renderContactPatch(
  { contactDetails, shippingAddress = {} }: Details,
  contact: Contact,
  notifications: Notifications,
  isAddressEditable: boolean,
) {
  const part = contactPart(contact, textOf(shippingAddress["country"]));
  return {
    properties: {
      details: {
        contactDetails: {
          ...part.contactDetails,
          notificationPreference: Array.isArray(contactDetails["notificationPreference"])
            ? Object.entries(notifications).map(([stageName, sendNotification]) => ({
                stageName,
                sendNotification,
              }))
            : undefined,
        },
        // A merge keeps members that are not sent, so a cleared line is sent empty. The first line
        // must not be empty, so it is kept.
        shippingAddress: isAddressEditable
          ? {
              ...CLEARED,
              ...part.shippingAddress,
              streetAddress1: part.shippingAddress.streetAddress1 || undefined,
            }
          : undefined,
      },
    },
  };
}

const CLEARED = { companyName: "", streetAddress2: "", city: "", stateOrProvince: "" };

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
