import { ERROR_CODES } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { findCodes } from "./find-codes.ts";

const inEnglish = (text: string) => [{ text }];
const inGerman = (text: string) => [
  { text: text === "The key is disabled" ? "Der Schlüssel ist deaktiviert" : text },
];

test.each([
  ["its code, in any letter case", "encryptionkeydisabled"],
  ["words of its title", "key disabled"],
  ["several words, in any order", "disabled  KEY"],
])("a code is found by %s", (_name, search) => {
  expect(findCodes(search, inEnglish)).toContain("SsemUserErrorEncryptionKeyDisabled");
});

test("a code is found by the name of one of its reasons", () => {
  expect(findCodes("access-policy", inEnglish)).toContain(
    "SsemUserErrorKeyVaultBadRequestException",
  );
});

test("without a search all are shown, and nonsense finds none", () => {
  expect(findCodes(" ", inEnglish)).toEqual(ERROR_CODES);
  expect(findCodes("xyzzy", inEnglish)).toEqual([]);
});

test("a code is found by words of the reader's language, and still by English ones", () => {
  expect(findCodes("schlüssel deaktiviert", inGerman)).toEqual([
    "SsemUserErrorEncryptionKeyDisabled",
  ]);
  expect(findCodes("key disabled", inGerman)).toContain("SsemUserErrorEncryptionKeyDisabled");
});
