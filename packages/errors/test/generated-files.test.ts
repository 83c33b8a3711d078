import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { generatedFiles } from "../docs/generated-files.ts";
import { SHOWN_BY } from "../docs/shown-by.ts";
import type { ErrorRow } from "../src/row.ts";
import { ERROR_CODES, ERRORS, isErrorCode } from "../src/table.ts";

const REPOSITORY = new URL("../../../", import.meta.url);
/** No well-behaved service causes it. */
const NOT_SHOWN = ["RewrapVerificationFailed"];

test.each(generatedFiles().map(({ url, text }) => ({ name: url.href, url, text })))(
  "$name is what the table says (run: npm run docs)",
  ({ url, text }) => {
    expect(readFileSync(url, "utf8")).toBe(text);
  },
);

describe("how a failure is caused", () => {
  test("is named for every code: a command, or a test", () => {
    const without = ERROR_CODES.filter((code) => {
      const { reproduce }: ErrorRow = ERRORS[code];
      return reproduce === undefined && SHOWN_BY[code] === undefined;
    });
    expect(without.toSorted()).toEqual(NOT_SHOWN);
  });

  test.each(Object.entries(SHOWN_BY))("%s is shown by %s", (code, path) => {
    expect(isErrorCode(code)).toBe(true);
    expect(readFileSync(new URL(path, REPOSITORY), "utf8")).toContain(code);
  });
});
