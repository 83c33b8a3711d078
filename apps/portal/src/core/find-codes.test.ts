import { ERROR_CODES } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { findCodes } from "./find-codes.ts";

test.each([
  ["its code, in any letter case", "encryptionkeydisabled"],
  ["words of its title", "key disabled"],
  ["several words, in any order", "disabled  KEY"],
])("a code is found by %s", (_name, search) => {
  expect(findCodes(search)).toContain("SsemUserErrorEncryptionKeyDisabled");
});

test("a code is found by the name of one of its reasons", () => {
  expect(findCodes("access-policy")).toContain("SsemUserErrorKeyVaultBadRequestException");
});

test("without a search all are shown, and nonsense finds none", () => {
  expect(findCodes(" ")).toEqual(ERROR_CODES);
  expect(findCodes("xyzzy")).toEqual([]);
});
