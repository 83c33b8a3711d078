import { expect, test } from "vitest";

import { parsePosition, positionAfter, positionsUpTo } from "./list-position.ts";

test.each([
  [{}, {}],
  [{ page: 3 }, {}],
  [{ after: "a/b", page: 3 }, {}],
  [{ after: 7 }, {}],
  [
    { after: "L3N1", page: 3 },
    { after: "L3N1", page: 3 },
  ],
  [
    { after: "L3N1", page: "x" },
    { after: "L3N1", page: 2 },
  ],
  [
    { after: "L3N1", page: -1 },
    { after: "L3N1", page: 2 },
  ],
])("%j names the page %j", (search, position) => {
  expect(parsePosition(search)).toEqual(position);
});

test("a reader goes through pages, and the address names each", () => {
  const second = positionAfter({}, [], ["b"]);
  expect(second).toEqual({ after: "b", page: 2 });
  const third = positionAfter(second, positionsUpTo(["b"], second), ["b", "c"]);
  expect(third).toEqual({ after: "c", page: 3 });
  expect(positionsUpTo(["b", "c"], second)).toEqual(["b"]);
  expect(positionAfter(third, ["b", "c"], ["b"])).toEqual(second);
  expect(positionAfter(second, ["b"], [])).toEqual({});
});

test("a reader who came by a link goes on from there, and back to the first page", () => {
  const linked = { after: "m", page: 7 };
  const positions = positionsUpTo([], linked);
  expect(positions).toEqual(["m"]);
  expect(positionAfter(linked, positions, ["m", "n"])).toEqual({ after: "n", page: 8 });
  expect(positionAfter(linked, positions, [])).toEqual({});
});
