import { expect, test } from "vitest";

import { findConstructions, findInTexts, findReplacedNames } from "./prose.mjs";

type Found = ReturnType<typeof findConstructions>;
const named = (
  name: string,
  text: string,
  find: (name: string, text: string) => Found = findConstructions,
) => find(name, text).map(({ line, construction }) => `${String(line)} ${construction}`);

test.each([
  [
    "// Whoever ends it reads again.",
    ["1 sentence begins with a free relative", "1 free relative"],
  ],
  [
    "/** What stands on the volume. */",
    ["1 sentence begins with a free relative", "1 what stands"],
  ],
  ["/** Of the first check that failed. */", ["1 fragment"]],
  ["const a = 1; // this is no error", ["1 is no"]],
  ["// The key is asked for anew.", ["1 anew"]],
  ["// Nobody with authority answered.", ["1 nobody"]],
  ["// Rows that were looked at.", ["1 looked at"]],
])("finds the construction in a comment: %s", (text, expected) => {
  expect(named("a.ts", text)).toEqual(expected);
});

test.each([
  "/** The vault's answer is no longer needed. */",
  "// Which of the two is newer?",
  "// Look at the table first.",
  'const text = "whoever reads this is in a string";',
  "/** There is no retry. */",
  "// That decision is not offered. By default it waits.",
])("lets plain English pass: %s", (text) => {
  expect(named("a.ts", text)).toEqual([]);
});

test("reads sentences over several lines, and names the place of their paragraph", () => {
  const text = "/**\n * The first sentence.\n *\n * A row that\n * nobody reads.\n */\n";
  expect(named("a.ts", text)).toEqual(["3 nobody"]);
});

test("reads Markdown without its code, and comments of scripts", () => {
  expect(named("a.md", "Plain.\n\n```\nwhoever\n```\n\n- whatever happens\n")).toEqual([
    "7 free relative",
  ]);
  expect(named("a.yaml", "# whoever\nkey: whoever\n")).toEqual(["1 free relative"]);
});

test.each([
  ['const a = "the text that nobody reads";', ["1 nobody"]],
  ["\n\nconst a = `is ${name} no more than ${4} anew`;", ["3 anew"]],
  ['test("a key that is no key", () => {});', ["1 is no"]],
  ["const a = <p>\n  This is no error.\n</p>;", ["1 is no"]],
  ["const a = <p title='a page that nobody opens' />;", ["1 nobody"]],
])("finds the construction in a text: %s", (text, expected) => {
  expect(named("a.tsx", text, findInTexts)).toEqual(expected);
});

test.each([
  'const a = "nobody";',
  'const a = "run-as-nobody/what-stands anew";',
  'const a = "is no key";',
  'const a = "Der Wert ist nicht gut: nobody";',
  "const a = sql`select nobody from what stands and is no table`;",
  "// a comment that nobody reads",
])("does not count an identifier, command, query, comment or German text as a text: %s", (text) => {
  expect(named("a.ts", text, findInTexts)).toEqual([]);
});

test("a name that a plainer one replaced is found in sources, and as a whole word", () => {
  const text = "const keyInForceId = goOn(loadKeyInForce, goOnce, keyInForce);";
  const expected = ["keyInForceId", "goOn", "loadKeyInForce"];
  expect(findReplacedNames("a.ts", text)).toEqual(expected);
  expect(findReplacedNames("a.md", text)).toEqual([]);
});

test("reads the catalogue of a page's texts", () => {
  const catalogue = JSON.stringify({ a: { title: "Nobody can open it now" } }, undefined, 2);
  expect(named("texts/en.json", catalogue, findInTexts)).toEqual(["3 nobody"]);
});
