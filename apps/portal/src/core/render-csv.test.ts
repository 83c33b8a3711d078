import { expect, test } from "vitest";

import { renderCsv } from "./render-csv.ts";

test.each([
  ["plain", "plain"],
  ["a,b", '"a,b"'],
  ['say "yes"', '"say ""yes"""'],
  ["two\nlines", '"two\nlines"'],
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["  =1", "'  =1"],
  ["＝1", "'＝1"],
  ["\n=1", '"\'\n=1"'],
  ["-1,2", '"\'-1,2"'],
])("the cell %j is written as %j", (text, written) => {
  expect(renderCsv([[text, "x"]])).toBe(`${written},x\r\n`);
});
