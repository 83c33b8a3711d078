import { expect, test } from "vitest";

import { decideLanguage, decideLocale } from "./language.ts";

test.each([
  ["the chosen language comes first", "de", ["en-US"], "de"],
  ["the browser's first known language is taken", null, ["fr-FR", "de-AT", "en"], "de"],
  ["a region does not matter", null, ["en-GB"], "en"],
  ["a choice that is gone is passed over", "xx", ["de"], "de"],
  ["English when nothing fits", null, ["ja"], "en"],
])("%s", (_name, chosen, preferred, expected) => {
  expect(decideLanguage(chosen, preferred)).toBe(expected);
});

test.each([
  ["the browser's own way of writing the language", "en", ["de-DE", "en-GB", "en-US"], "en-GB"],
  ["the language itself when the browser knows no other", "de", ["en-GB"], "de"],
] as const)("dates are written in %s", (_name, language, preferred, expected) => {
  expect(decideLocale(language, preferred)).toBe(expected);
});
