import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { foldTexts } from "../bundle/fold-texts.ts";
import { ENGLISH_ANSWERS, ENGLISH_ROWS } from "../src/languages/english.ts";
import { GERMAN } from "../src/languages/german.ts";

const { load } = foldTexts();
const fold = async (path: string) => load(fileURLToPath(new URL(path, import.meta.url)));
const valuesOf = async (code = ""): Promise<unknown> =>
  import(`data:text/javascript,${encodeURIComponent(code)}`);

test("a bundle holds the English texts without the German", async () => {
  const code = await fold("../src/languages/english.ts");
  expect(await valuesOf(code)).toMatchObject({ ENGLISH_ROWS, ENGLISH_ANSWERS });
  expect(code).not.toContain("Schlüssel");
});

test("the German texts are a module of their own, without the rows", async () => {
  const code = await fold("../src/languages/german.ts");
  expect(await valuesOf(code)).toMatchObject({ GERMAN });
  expect(code).not.toContain("httpStatus");
});

test("other modules are left to the bundler", async () => {
  expect(await fold("../src/table.ts")).toBeUndefined();
});
