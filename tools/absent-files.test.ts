import { expect, test } from "vitest";

import { endsOf, findAbsentFiles } from "./absent-files.mjs";
import { prosePartsOf } from "./prose.mjs";

const ENDS = endsOf(["apps/broker/src/core/decide.ts", "docs/design/decisions/0007-unlock.md"]);
const absentIn = (name: string, text: string) =>
  findAbsentFiles(prosePartsOf(name, text), ENDS).map(
    ({ line, file }) => `${String(line)} ${file}`,
  );

test("a comment or page that names a file which is not there is found, with its line", () => {
  expect(absentIn("a.ts", "const a = 1;\n/**\n * Decided\n * by core/decided.ts.\n */")).toEqual([
    "4 core/decided.ts",
  ]);
  expect(absentIn("README.md", "Start at `judge.ts`, then\n`src/core/decide.mjs`.")).toEqual([
    "1 judge.ts",
    "2 src/core/decide.mjs",
  ]);
  expect(absentIn("a.ts", "// See docs/design/decisions/0099.")).toEqual([
    "1 docs/design/decisions/0099",
  ]);
});

test.each([
  ["a file by its name or the end of its path", "// By decide.ts, of core/decide.ts."],
  ["a decision by its number", "// (docs/design/decisions/0007)"],
  ["a pattern, a package or an address", "// *.test.ts, @x/y.ts, https://example.com/a/b.md"],
  ["code that is not prose", 'import { a } from "./gone.ts";'],
])("%s passes", (_name, text) => {
  expect(absentIn("a.ts", text)).toEqual([]);
});
