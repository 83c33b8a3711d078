import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { generatedFiles } from "../docs/generated-files.ts";
import type { ErrorRow } from "../src/row.ts";
import { ERROR_CODES, ERRORS } from "../src/table.ts";

const REPOSITORY = new URL("../../../", import.meta.url);

/** No well-behaved service causes it. */
const NOT_SHOWN = ["RewrapVerificationFailed"];

test.each((await generatedFiles()).map(({ url, text }) => ({ name: url.href, url, text })))(
  "$name is what the table says (run: npm run docs)",
  ({ url, text }) => {
    expect(readFileSync(url, "utf8")).toBe(text);
  },
);

test("every code is caused by a command of its row or named by a test", () => {
  const tests = execFileSync(
    "git",
    ["ls-files", "apps/**.test.ts", "e2e/**.test.ts", "e2e/fault-matrix/faults"],
    {
      cwd: REPOSITORY,
      encoding: "utf8",
    },
  )
    .trimEnd()
    .split("\n")
    .map((path) => readFileSync(new URL(path, REPOSITORY), "utf8"));
  const without = ERROR_CODES.filter((code) => {
    const { reproduce }: ErrorRow = ERRORS[code];
    return reproduce === undefined && !tests.some((text) => text.includes(code));
  });
  expect(without).toEqual(NOT_SHOWN);
});
