import { expect, test } from "vitest";

import { nearest } from "./nearest.ts";

test.each([
  ["unlok", "unlock"],
  ["lokc", "lock"],
  ["statsu", "status"],
  ["prepair", "prepare"],
  ["journl", "journal"],
  ["xyzzy", undefined],
  ["", undefined],
])("%s means %s", (word, meant) => {
  expect(nearest(word, ["prepare", "unlock", "lock", "status", "journal"])).toBe(meant);
});
