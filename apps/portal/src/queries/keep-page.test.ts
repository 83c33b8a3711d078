import { expect, test } from "vitest";

import { keepPage } from "./keep-page.ts";

const LIST = ["orders", "s-1", { search: "atlas", stage: "Delivered" }];

test.each([
  ["another page of the list", [...LIST, "L3N1", undefined], "kept"],
  [
    "the same list, named in another order",
    ["orders", "s-1", { stage: "Delivered", search: "atlas" }],
    "kept",
  ],
  ["a list with another filter", ["orders", "s-1", { search: "atl" }, undefined], undefined],
  ["a list of another subscription", ["orders", "s-2", LIST[2], undefined], undefined],
])("%s", (_name, queryKey, expected) => {
  expect(keepPage(LIST)("kept", { queryKey })).toBe(expected);
});

test("nothing is kept before the first page", () => {
  expect(keepPage(LIST)(undefined, undefined)).toBeUndefined();
});
