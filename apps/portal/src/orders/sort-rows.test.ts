import { expect, test } from "vitest";

import { nextSorting, sortRows } from "./sort-rows.ts";

const rows = [{ name: "node-10" }, { name: "Änne" }, { name: undefined }, { name: "node-9" }];

test.each([
  ["ascending", ["Änne", "node-9", "node-10", undefined]],
  ["descending", ["node-10", "node-9", "Änne", undefined]],
] as const)("rows are sorted %s by their values, and without one are last", (direction, names) => {
  const sorted = sortRows(rows, ({ name }) => name, direction, "de");
  expect(sorted.map(({ name }) => name)).toEqual(names);
});

test("a stage is sorted by its number", () => {
  expect(sortRows([10, 2, 1], (stage) => stage, "ascending", "en")).toEqual([1, 2, 10]);
});

test("a header sorts ascending, descending and not at all", () => {
  const ascending = nextSorting("name", { column: "stage", direction: "descending" });
  expect(ascending).toEqual({ column: "name", direction: "ascending" });
  const descending = nextSorting("name", ascending);
  expect(descending).toEqual({ column: "name", direction: "descending" });
  expect(nextSorting("name", descending)).toBeUndefined();
});
