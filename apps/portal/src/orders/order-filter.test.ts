import { expect, test } from "vitest";

import { parseOrderFilter } from "./order-filter.ts";

test("known parameters are taken from the address", () => {
  const search = { stage: "Delivered", health: "AtRisk", lock: "locked", search: "import" };
  expect(parseOrderFilter({ ...search, encryption: "CustomerManaged" })).toEqual({
    ...search,
    encryption: "CustomerManaged",
  });
});

test("unknown parameters are ignored", () => {
  expect(parseOrderFilter({ stage: "Nowhere", lock: 3, colour: "red", search: "" })).toEqual({});
});

test("digits are a name too", () => {
  expect(parseOrderFilter({ search: 2026 })).toEqual({ search: "2026" });
});
