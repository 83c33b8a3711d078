// @module-tag one-engine

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { KindOfAnswer } from "./answers.ts";
import { judge, type Seen } from "./properties.ts";
import { allCases, type Case, nameOf, openRunner, randomOf } from "./run-cases.ts";

/**
 * Every kind of answer at every call that the broker's adapters make to Azure, given once or
 * always, and then a right one; and a sample of those in pairs, and one after the other. A sample
 * of all runs by default. `ANSWERS=all npm test -- answers/answers` runs everything, `ANSWERS=7`
 * another sample, and `ANSWERS='unwrapKey vault.get 503 empty'` all whose names have these words.
 * `PAIRS=5000` runs so many pairs and sequences of those that are chosen; everything takes about
 * four minutes of a processor, since timers pass at once.
 */
// oxlint-disable-next-line node/no-process-env -- chosen by the person who runs it
const { ANSWERS = "1", PAIRS = "150" } = process.env;
const SAMPLE = 800;
const LONG = { timeout: 24 * 3_600_000 };

const seed = /^\d+$/.test(ANSWERS) ? Number(ANSWERS) : 1;
const random = randomOf(seed);
const oneOf = <Item>(items: readonly Item[]): Item => {
  const item = items[random(items.length)];
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
};
const words = ANSWERS === "all" || /^\d+$/.test(ANSWERS) ? [] : ANSWERS.split(" ");
const named = allCases().filter((each) => words.every((word) => nameOf(each).includes(word)));
const isSample = /^\d+$/.test(ANSWERS);
const single = isSample ? Array.from({ length: SAMPLE }, () => oneOf(named)) : named;

const byCall = Map.groupBy(named, ({ call }) => call);
const another = ({ call }: Case): Case => oneOf(byCall.get(call) ?? []);
const pairs = Array.from({ length: Number(PAIRS) }, () => oneOf(named));

describe("answers of Azure", () => {
  let runner: Awaited<ReturnType<typeof openRunner>>;
  beforeAll(async () => {
    runner = await openRunner();
  });
  afterAll(() => runner.close());

  test("are about 53,000 cases at 17 kinds of calls", () => {
    const kinds = allCases().flatMap(({ parts }) => parts.map(({ kind }) => kind));
    expect(new Set(kinds)).toHaveProperty("size", 17);
    expect(Math.round(kinds.length / 1000)).toBe(53);
  });

  test("lead to one right name, and to nothing that outlives them", LONG, async () => {
    expect(single).not.toEqual([]);
    expect(await runner.problemsOf(single.map((each) => [each]))).toEqual([]);
  });

  test("lead to the name of one of them, if two come to one call", LONG, async () => {
    const both = pairs.map((one) => ({ ...one, parts: [...one.parts, ...another(one).parts] }));
    expect(await runner.problemsOf(both.map((each) => [each]))).toEqual([]);
  });

  test("are named alike after another one and a right one", LONG, async () => {
    expect(await runner.problemsOf(pairs.map((one) => [one, another(one)]))).toEqual([]);
  });
});

const ok = { ok: true, value: undefined } as const;
const failure = (code: "KeyNotYetValid" | "InternalError" | "KeyVaultUnreachable") =>
  ({ ok: false, failure: { code } }) as const;
const ofEntra = {
  kind: "entra.token",
  answer: { name: "x", status: 500, body: "", headers: {}, meaning: "junk" },
  isLasting: true,
} as const;
test.each<[string, Partial<Seen>]>([
  ["a refusal without authority", { outcome: failure("KeyNotYetValid") }],
  ["a fault of ours", { outcome: failure("InternalError") }],
  ["a next try that fails", { again: failure("KeyVaultUnreachable") }],
  ["another caller who fails", { other: failure("KeyVaultUnreachable") }],
  ["an answer that was not met", { met: [] }],
  ["a vault that is named for another's answer", { met: [ofEntra] }],
  ["a storm of calls", { calls: 100 }],
  ["a long wait", { tookMs: 60_000 }],
])("%s is noticed", (_name, wrong) => {
  const answer: KindOfAnswer = { name: "x", status: 200, body: "", headers: {}, meaning: "junk" };
  const right: Seen = {
    outcome: { ok: false, failure: { code: "KeyVaultUnexpectedAnswer" } },
    again: ok,
    other: ok,
    met: [{ answer, isLasting: true }],
    calls: 3,
    tookMs: 0,
  };
  expect(judge(right, 10_000)).toEqual([]);
  expect(judge({ ...right, ...wrong }, 10_000)).not.toEqual([]);
});
