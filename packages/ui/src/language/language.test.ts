import { expect, test } from "vitest";

import { decideLanguage } from "./language.ts";

test.each([
  ["what was chosen comes first", "de", ["en-US"], "de"],
  ["the browser's first known language is taken", null, ["fr-FR", "de-AT", "en"], "de"],
  ["a region does not matter", null, ["en-GB"], "en"],
  ["a choice that is gone is passed over", "xx", ["de"], "de"],
  ["English when nothing fits", null, ["ja"], "en"],
])("%s", (_name, chosen, preferred, expected) => {
  expect(decideLanguage(chosen, preferred)).toBe(expected);
});
