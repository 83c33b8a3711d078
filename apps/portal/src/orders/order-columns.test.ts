import { expect, test } from "vitest";

import { ALL_COLUMNS, describePlace, OWN_COLUMNS, parseHidden } from "./order-columns.ts";

test("hidden columns are kept as text; one that this version does not have is left out", () => {
  expect(parseHidden(JSON.stringify(["lock", "colour", "stage"]))).toEqual(["stage", "lock"]);
});

test.each([null, "", "{", "{}", "[1]"])("%j hides no column", (text) => {
  expect(parseHidden(text)).toEqual([]);
});

test("only operators choose whether to see customer and subscription", () => {
  expect(ALL_COLUMNS.filter((column) => !OWN_COLUMNS.includes(column as never))).toEqual([
    "customer",
    "subscription",
  ]);
});

test.each([
  ["Contoso GmbH", "Contoso GmbH · s · g"],
  [undefined, "s · g"],
])("the place of an order of %s distinguishes it from others with its name", (customer, place) => {
  const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DataBox/jobs/atlas";
  expect(describePlace({ id, customer, resourceGroup: "g" })).toBe(place);
});
