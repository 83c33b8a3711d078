import { jobPatch, parseWith } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { contactOf, notificationsOf, renderContactPatch } from "./order-contact.ts";

const details = {
  contactDetails: {
    contactName: "Ada",
    phone: "1",
    emailList: ["a@b.example", "c@d.example"],
    notificationPreference: [
      { stageName: "Dispatched", sendNotification: true },
      { stageName: "Delivered", sendNotification: false },
    ],
  },
  shippingAddress: { streetAddress1: "1 Way", city: "Redmond", country: "US", postalCode: "98052" },
};

test("a form shows what the order has", () => {
  expect(contactOf(details)).toMatchObject({
    contactName: "Ada",
    emails: "a@b.example, c@d.example",
    city: "Redmond",
    companyName: "",
  });
  expect(notificationsOf(details)).toEqual({ Dispatched: true, Delivered: false });
});

test("an order that has ended has forgotten whom to tell", () => {
  expect(contactOf({ contactDetails: {} }).contactName).toBe("");
});

test("a line that was cleared is sent empty, and the API takes the whole", () => {
  const contact = { ...contactOf(details), city: "" };
  const patch = renderContactPatch(details, contact, { Dispatched: false }, true);
  expect(patch).toMatchObject({
    properties: {
      details: {
        shippingAddress: { city: "", streetAddress1: "1 Way", country: "US" },
        contactDetails: {
          notificationPreference: [{ stageName: "Dispatched", sendNotification: false }],
        },
      },
    },
  });
  expect(parseWith(jobPatch, patch, "body")).toMatchObject({ ok: true });
});

test("an empty first line is not sent, so that a merge keeps the old one", () => {
  const contact = { ...contactOf(details), streetAddress1: " " };
  const patch: unknown = JSON.parse(JSON.stringify(renderContactPatch(details, contact, {}, true)));
  expect(JSON.stringify(patch)).not.toContain("streetAddress1");
  expect(parseWith(jobPatch, patch, "body")).toMatchObject({ ok: true });
});

test("an address that is fixed is not sent", () => {
  const patch = renderContactPatch(details, contactOf(details), {}, false);
  expect(JSON.stringify(patch)).not.toContain("1 Way");
});
