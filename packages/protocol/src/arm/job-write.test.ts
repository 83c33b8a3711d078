import { describe, expect, test } from "vitest";

import { parseWith } from "../parse.ts";
import { jobPatch, jobWrite } from "./job-write.ts";
import { withoutNulls } from "./without-nulls.ts";

const JOB = {
  location: "westus",
  sku: { name: "DataBox" },
  properties: {
    transferType: "ImportToAzure",
    details: {
      jobDetailsType: "DataBox",
      contactDetails: { contactName: "A", phone: "1", emailList: ["a@b.c"] },
    },
  },
};
const detailOf = (value: unknown): string => {
  const parsed = parseWith(jobWrite, value);
  return parsed.ok ? "" : parsed.detail;
};

test("the smallest order is taken, in any letter case of its words", () => {
  const parsed = parseWith(jobWrite, {
    ...JOB,
    sku: { name: "databox" },
    identity: { type: "systemassigned, userassigned" },
  });
  expect(parsed).toMatchObject({
    ok: true,
    value: { sku: { name: "DataBox" }, identity: { type: "SystemAssigned,UserAssigned" } },
  });
});

describe("a refusal names its member", () => {
  test.each<[string, unknown, string]>([
    ["unknown member at the top", { ...JOB, surprise: 1 }, "message: unknown member surprise"],
    ["no location", { ...JOB, location: undefined }, "location: expected string"],
    ["unknown sku", { ...JOB, sku: { name: "Floppy" } }, "sku.name: expected one of DataBox"],
    [
      "identity that is not a resource id",
      { ...JOB, identity: { type: "UserAssigned", userAssignedIdentities: { x: {} } } },
      "identity.userAssignedIdentities.x: the name of this member: expected the resource id of a user-assigned identity",
    ],
    [
      "country of three letters",
      {
        ...JOB,
        properties: {
          ...JOB.properties,
          details: {
            ...JOB.properties.details,
            shippingAddress: { streetAddress1: "1 Way", country: "USA" },
          },
        },
      },
      "properties.details.shippingAddress.country: expected two letters (ISO 3166-1), such as US",
    ],
    [
      "51 tags",
      {
        ...JOB,
        tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${String(n)}`, ""])),
      },
      "tags: more than 50 tags",
    ],
    ["not an object", "text", "message: expected object"],
  ])("%s", (_name, value, detail) => {
    expect(detailOf(value)).toContain(detail);
  });

  test("a secret at fault is not repeated", () => {
    const devicePassword = "x".repeat(300);
    const { properties } = JOB;
    const detail = detailOf({
      ...JOB,
      properties: { ...properties, details: { ...properties.details, devicePassword } },
    });
    expect(detail).toContain("devicePassword");
    expect(detail).not.toContain("xxx");
  });
});

test("a PATCH takes any part alone, and no member that cannot change", () => {
  for (const patch of [
    {},
    { tags: { a: "b" } },
    { properties: { details: { contactDetails: { phone: "2" } } } },
    { properties: { details: { keyEncryptionKey: { kekUrl: "https://v/keys/k" } } } },
  ])
    expect(parseWith(jobPatch, patch).ok).toBe(true);
  expect(parseWith(jobPatch, { location: "eastus" })).toMatchObject({ ok: false });
  expect(parseWith(jobPatch, { properties: { details: { devicePassword: "x" } } })).toMatchObject({
    ok: false,
  });
});

test("null is absence, but for an identity, where it is removal", () => {
  expect(
    withoutNulls({
      tags: null,
      list: [{ a: null, b: 1 }],
      identity: { type: "None", userAssignedIdentities: { id: null } },
    }),
  ).toEqual({
    list: [{ b: 1 }],
    identity: { type: "None", userAssignedIdentities: { id: null } },
  });
});
