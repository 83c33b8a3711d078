import { expect, test } from "vitest";

import { mapValues } from "../closed-table.ts";
import type { WrittenRow } from "../row.ts";
import { ANSWERS } from "../table/answers.ts";
import { ROWS } from "../table/rows.ts";
import { ENGLISH_ANSWERS, ENGLISH_ROWS } from "./english.ts";
import { GERMAN, textsOf } from "./german.ts";

const TEXTS = textsOf([ROWS, ANSWERS]);

test("one English text has one German text, since a page finds the German by the English", () => {
  const others = TEXTS.filter(({ en, de }) => GERMAN[en] !== de);
  expect(others).toEqual([]);
});

test("the rows in English are the rows without their German", () => {
  const rows = mapValues(ROWS, (row: WrittenRow) => ({ recoverable: "yes", ...row }));
  const english = JSON.stringify([rows, ANSWERS], (name, value: unknown) => {
    const texts = textsOf(value);
    // A step is a text with a command.
    if (name === "steps")
      return texts.map(({ en, de: _german, ...command }) => ({ text: en, ...command }));
    return texts[0] === value && texts[0] !== undefined ? texts[0].en : value;
  });
  expect([ENGLISH_ROWS, ENGLISH_ANSWERS]).toEqual(JSON.parse(english));
});
