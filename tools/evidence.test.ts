import { expect, test } from "vitest";

import { claims, shownClaims } from "./evidence.mjs";

test("every claim of the documents is shown by a test, and every test names a claim", () => {
  const named = claims();
  expect(named.size).toBeGreaterThan(100);
  expect(new Set(shownClaims().map(({ name }) => name))).toEqual(named);
});

test("the title after the comment is found", () => {
  expect(shownClaims().filter(({ title = "" }) => title.length < 5)).toEqual([]);
});
