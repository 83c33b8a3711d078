// @module-tag one-engine

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { answersOf, type KindOfAnswer } from "./answers.ts";
import {
  healthy,
  healthyOf,
  type Kind,
  openAzure,
  type PortCall,
  PORT_CALLS,
  responseOf,
} from "./calls.ts";
import { openDeliveries } from "./deliver.ts";
import { judge, type Seen } from "./properties.ts";

/**
 * Every kind of answer at every call that the broker's adapters make to Azure, given once or
 * always, and then a right one. A sample of it runs by default. `ANSWERS=all npm test --
 * answers/answers` runs everything, which takes long, `ANSWERS=7` another sample, and
 * `ANSWERS='unwrapKey vault.get 503 empty'` all whose names have these words.
 */
// oxlint-disable-next-line node/no-process-env -- chosen by the person who runs it
const { ANSWERS = "1" } = process.env;
const SAMPLE = 800;

type Case = {
  readonly call: PortCall & { readonly name: string };
  readonly kind: Kind;
  readonly answer: KindOfAnswer;
  readonly times: number;
};

function* allCases(): Generator<Case> {
  for (const [name, call] of Object.entries(PORT_CALLS))
    for (const kind of call.meets)
      for (const answer of answersOf(kind, healthyOf(kind)))
        for (const times of [1, 99]) yield { call: { ...call, name }, kind, answer, times };
}
const nameOf = ({ call, kind, answer, times }: Case): string =>
  `${call.name} ${kind} ${answer.name} ${times === 1 ? "once" : "always"}`;

function chosen(): readonly Case[] {
  const all = [...allCases()];
  if (ANSWERS === "all") return all;
  if (!/^\d+$/.test(ANSWERS)) {
    const words = ANSWERS.split(" ");
    return all.filter((each) => words.every((word) => nameOf(each).includes(word)));
  }
  let seed = Number(ANSWERS);
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed / 2 ** 32;
  };
  return all
    .map((each) => ({ each, at: random() }))
    .toSorted((one, another) => one.at - another.at)
    .slice(0, SAMPLE)
    .map(({ each }) => each);
}

let deliveries: Awaited<ReturnType<typeof openDeliveries>>;
let steady: ReturnType<typeof openAzure>;
beforeAll(async () => {
  deliveries = await openDeliveries();
  steady = openAzure();
});
afterAll(() => {
  deliveries.close();
  steady.azure.close();
});

let number = 0;
/** One case on adapters that all cases share. */
async function run({ call, kind, answer, times }: Case): Promise<Seen> {
  const { run: make } = call;
  const { azure, state } = steady;
  const vault = `kv-${String((number += 1))}`;
  const from = { calls: state.calls.length, sleptMs: state.sleptMs };
  let isMet = false;
  state.fault = {
    kind,
    times,
    answer(request) {
      isMet = true;
      // The right answer is the one to this request.
      const { body } = answer.isRight === true ? healthy(request) : answer;
      const given = { ...answer, body };
      return answer.delivery === undefined
        ? Promise.resolve(responseOf(request, given))
        : deliveries.deliver(request, given, answer.delivery);
    },
  };
  const outcome = await make(azure, `one-${vault}`, vault);
  const calls = state.calls.length - from.calls;
  const sleptMs = state.sleptMs - from.sleptMs;
  state.fault = undefined;
  const again = await make(azure, `one-${vault}`, vault);
  const other = await make(azure, `other-${vault}`, vault);
  state.calls.length = 0;
  return { isLasting: times > 1, outcome, again, other, wasMet: isMet, calls, sleptMs };
}

describe("answers of Azure", () => {
  const cases = chosen();

  test("lead to one right name, and to nothing that outlives them", async () => {
    expect(cases).not.toEqual([]);
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    const problems: string[] = [];
    for (const each of cases) {
      const seen = await run(each);
      for (const problem of judge(each.answer, seen)) problems.push(`${nameOf(each)}: ${problem}`);
    }
    process.off("unhandledRejection", note);
    expect([...problems, ...unhandled]).toEqual([]);
  });
});

test.each<[string, Partial<Seen>]>([
  ["a refusal without authority", { outcome: { ok: false, failure: { code: "KeyNotYetValid" } } }],
  ["a fault of ours", { outcome: { ok: false, failure: { code: "InternalError" } } }],
  ["a next try that fails", { again: { ok: false, failure: { code: "KeyVaultUnreachable" } } }],
  ["another caller who fails", { other: { ok: false, failure: { code: "KeyVaultUnreachable" } } }],
  ["an answer that was not met", { wasMet: false }],
  ["a storm of calls", { calls: 100 }],
  ["a long wait", { sleptMs: 60_000 }],
])("%s is noticed", (_name, wrong) => {
  const ok = { ok: true, value: undefined } as const;
  const right: Seen = {
    isLasting: true,
    outcome: { ok: false, failure: { code: "KeyVaultUnexpectedAnswer" } },
    again: ok,
    other: ok,
    wasMet: true,
    calls: 3,
    sleptMs: 0,
  };
  const answer: KindOfAnswer = { name: "x", status: 200, body: "", headers: {}, meaning: "junk" };
  expect(judge(answer, right)).toEqual([]);
  expect(judge(answer, { ...right, ...wrong })).not.toEqual([]);
});
