import {
  AppError,
  createTranslator,
  decideNextStep,
  ERROR_CODES,
  ERRORS,
  explain,
  type ErrorCode,
  type ErrorRow,
  GERMAN,
  renderArmError,
} from "@databox-cmk/errors";
import { describe, expect, test } from "vitest";

const WHERE = "beside their English in packages/errors/src/table/german";
const DETAIL = "counter: not above the last one";
/** Texts that are the same in German, as a name is. */
const SAME_IN_GERMAN: readonly string[] = [];
/** The troubleshooter's texts beside those of a failure. */
const ARTICLE = ["why", "meanwhile"] as const;

const translate = createTranslator(GERMAN);
const plain = (text: string) =>
  translate(text)
    .map((part) => part.text)
    .join("");

type Case = { readonly code: ErrorCode; readonly reason?: string };
const CASES: readonly Case[] = ERROR_CODES.flatMap((code) => {
  const { reasons = {} }: ErrorRow = ERRORS[code];
  return [{ code }, ...Object.keys(reasons).map((reason) => ({ code, reason }))];
});

/** Unfilled, in the order of `shownTexts`. */
function templatesOf({ code, reason }: Case): readonly string[] {
  const row: ErrorRow = ERRORS[code];
  const own = reason === undefined ? undefined : row.reasons?.[reason];
  const steps = own?.steps ?? row.steps;
  return [
    row.title,
    own?.message ?? row.message,
    own?.ask ?? row.ask,
    ...steps.map(({ text }) => text),
  ];
}

function shownTexts({ code, reason }: Case, facts: Readonly<Record<string, string>>) {
  const { title, message, ask, steps } = explain(code, { reason, facts });
  return [title, message, ask, ...steps.map(({ text }) => text)];
}

const articleTexts = ERROR_CODES.flatMap((code) => ARTICLE.map((column) => ERRORS[code][column]));
const templates = new Set([...CASES.flatMap(templatesOf), ...articleTexts]);
const markersOf = (text: string) => (text.match(/\{[a-zA-Z]+\}|\[|\]/g) ?? []).toSorted();
const namesOf = (text: string) => Array.from(text.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);

describe("the German of the table of codes", () => {
  test("has every text of every row and reason", () => {
    const missing = [...templates].filter((text) => (GERMAN[text] ?? "") === "");
    expect(missing, `write their German ${WHERE}`).toEqual([]);
  });

  test.each(Object.entries(GERMAN))("fits %j", (english, german) => {
    expect(markersOf(german)).toEqual(markersOf(english));
    expect(german.endsWith(".")).toBe(english.endsWith("."));
  });

  test("is none of the English", () => {
    const same = Object.entries(GERMAN).filter(([english, german]) => english === german);
    expect(same.map(([english]) => english)).toEqual(SAME_IN_GERMAN);
  });

  test.each(CASES)("says $code $reason with all its facts", (each) => {
    const texts = templatesOf(each);
    const facts = Object.fromEntries(
      texts.flatMap(namesOf).map((name) => [name, `/${name}-1 (it's 7): a.b`]),
    );
    for (const [index, shown] of shownTexts(each, facts).entries()) {
      const german = GERMAN[texts[index] ?? ""]?.replaceAll(/[[\]]/g, "");
      const text = german?.replaceAll(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? "");
      expect(translate(shown)).toEqual([{ text }]);
    }
  });

  test.each(CASES)("says $code $reason without a fact", (each) => {
    const texts = templatesOf(each);
    for (const [index, shown] of shownTexts(each, {}).entries()) {
      const german = GERMAN[texts[index] ?? ""]?.replaceAll(/\[[^[\]]*\]/g, "");
      expect(translate(shown)).toEqual([{ text: german?.replaceAll(/\{(\w+)\}/g, "<$1>") }]);
    }
  });

  test.each(CASES)("says $code $reason as an answer of the service does", (each) => {
    const [, message = ""] = templatesOf(each);
    const { body } = renderArmError(new AppError(each.code, { ...each, detail: DETAIL }));
    const [said, detail, ...action] = translate(body.error.message);
    expect(said).toEqual({ text: `${GERMAN[message] ?? ""}: ` });
    expect(detail).toEqual({ text: `${DETAIL}.`, lang: "en" });
    for (const part of action) expect(part.lang).toBeUndefined();
    expect(plain(renderArmError(new AppError(each.code, each)).body.error.message)).toContain(
      `${GERMAN[message] ?? ""}.`,
    );
  });

  test("says that nothing is to be done", () => {
    expect(translate(decideNextStep(undefined).text)[0]?.lang).toBeUndefined();
  });
});
