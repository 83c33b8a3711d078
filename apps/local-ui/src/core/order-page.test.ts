import { expect, test } from "vitest";

import { orderPage } from "./order-page.ts";

const order = "/subscriptions/1-2/resourceGroups/rg/providers/Microsoft.DataBox/jobs/atlas";

test("the order's page is the portal's, at the first address of the broker", () => {
  expect(orderPage({ order, broker: "https://one.example:8443 https://two.example" })).toBe(
    "https://one.example:8443/portal/orders/1-2/rg/atlas",
  );
});

test("a node that nobody has signed in to names no page", () => {
  expect(orderPage({})).toBeUndefined();
  expect(orderPage({ order: "atlas", broker: "https://one.example" })).toBeUndefined();
});
