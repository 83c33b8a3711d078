import { expect, test } from "vitest";

import { decideSerials } from "./serials.ts";

test.each([
  [["", ""], { ok: true, serials: [] }],
  [[" DBX-1 "], { ok: true, serials: ["DBX-1"] }],
  [["DBX-1", ""], { ok: false, problem: "some", at: [1] }],
  [["DBX-1", "-x"], { ok: false, problem: "form", at: [1] }],
  [["DBX-1", "DBX-1"], { ok: false, problem: "twice", at: [1] }],
])("%j is decided as %j", (typed, expected) => {
  expect(decideSerials(typed)).toEqual(expected);
});
