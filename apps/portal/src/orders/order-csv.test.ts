import type { OrderSummary } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { en } from "../texts/en.ts";
import { orderCsv } from "./use-order-export.ts";

const order: OrderSummary = {
  id: "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/group/providers/Microsoft.DataBox/jobs/atlas",
  name: "atlas",
  customer: "Contoso GmbH",
  resourceGroup: "group",
  location: "westus",
  sku: "DataBoxHeavy",
  transferType: "ImportToAzure",
  stage: "Delivered",
  stageStatus: "Succeeded",
  createdAt: "2026-01-02T04:04:05+01:00",
  encryption: { kekType: "CustomerManaged", kekUrl: "https://v.vault.azure.net/keys/k/1" },
  keyHealth: { state: "Unusable", code: "SsemUserErrorEncryptionKeyDisabled" },
  nodes: [
    { serial: "A", lock: "locked" },
    { serial: "B", lock: "unlocked" },
  ],
  unlock: { state: "Ready", nextStep: { who: "nobody", text: "" } },
};

test("an order is a row with the page's words, its codes and its time in UTC", () => {
  const [heading = "", row = "", ...rest] = orderCsv([order], en).split("\r\n");
  expect(rest).toEqual([""]);
  const cells = Object.fromEntries(
    heading.split(",").map((name, index) => [name, row.split(",")[index]]),
  );
  expect(cells).toEqual({
    Name: "atlas",
    Customer: "Contoso GmbH",
    Subscription: "11111111-1111-4111-8111-111111111111",
    "Resource group": "group",
    Stage: en.stages.Delivered,
    Status: en.stageStatuses.Succeeded,
    "Encryption type": en.encryptionTypes.CustomerManaged,
    Key: "https://v.vault.azure.net/keys/k/1",
    "Key health": en.healthStates.Unusable,
    Code: "SsemUserErrorEncryptionKeyDisabled",
    "Lock state": `A: ${en.lockStates.locked}; B: ${en.lockStates.unlocked}`,
    Location: "westus",
    "Ordered (UTC)": "2026-01-02T03:04:05.000Z",
  });
});

test("a customer's own list has no column of customers", () => {
  const { customer: _none, ...own } = order;
  const [heading = "", row = ""] = orderCsv([own], en).split("\r\n");
  expect(heading).toMatch(/^Name,Subscription,/);
  expect(row).toMatch(/^atlas,11111111-/);
});
