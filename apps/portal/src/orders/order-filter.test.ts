import { expect, test } from "vitest";

import { parseOrderFilter } from "./order-filter.ts";

test("what the list knows is taken from the address", () => {
  const search = { stage: "Delivered", health: "AtRisk", lock: "locked", search: "import" };
  expect(parseOrderFilter({ ...search, encryption: "CustomerManaged" })).toEqual({
    ...search,
    encryption: "CustomerManaged",
  });
});

test("what it does not know is left out", () => {
  expect(parseOrderFilter({ stage: "Nowhere", lock: 3, colour: "red", search: "" })).toEqual({});
});

test("digits are a name too", () => {
  expect(parseOrderFilter({ search: 2026 })).toEqual({ search: "2026" });
});
