import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { ERRORS } from "../table.ts";
import { ANSWERS } from "../table/answers.ts";
import { GERMAN } from "./german.ts";

const FOLDER = new URL("../table/german/", import.meta.url);

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(stringsOf);
}

test("the catalogue has no German whose English is gone", () => {
  const english = new Set(stringsOf([ERRORS, ANSWERS]));
  expect(Object.keys(GERMAN).filter((text) => !english.has(text))).toEqual([]);
});

test("the German of a text stands in one file, and each file is in the catalogue", () => {
  const files = readdirSync(FOLDER).map((name): unknown =>
    JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")),
  );
  const texts = files.flatMap((german) => Object.keys(german ?? {}));
  expect(texts.toSorted()).toEqual(Object.keys(GERMAN).toSorted());
});
