import { expect, test } from "vitest";

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
  const english = JSON.stringify([ROWS, ANSWERS], (_key, value: unknown) => {
    const [text] = textsOf(value);
    return text === value && text !== undefined ? text.en : value;
  });
  expect([ENGLISH_ROWS, ENGLISH_ANSWERS]).toEqual(JSON.parse(english));
});
