import { vi } from "vitest";

import { answersOf, type KindOfAnswer } from "./answers.ts";
import {
  type Fault,
  healthy,
  healthyOf,
  type Kind,
  openAzure,
  type PortCall,
  PORT_CALLS,
  responseOf,
  silence,
} from "./calls.ts";
import { openDeliveries } from "./deliver.ts";
import { judge, type Met } from "./properties.ts";

/** One wrong answer to the calls of one kind. */
export type Part = {
  readonly kind: Kind;
  readonly answer: KindOfAnswer;
  /** How many of those calls meet it. */
  readonly times: number;
};
/** A call of a port, and the answers that it meets. */
export type Case = { readonly call: string; readonly parts: readonly Part[] };

export const nameOf = ({ call, parts }: Case): string =>
  [
    call,
    ...parts.map(
      ({ kind, answer, times }) => `${kind} ${answer.name} ${times === 1 ? "once" : "always"}`,
    ),
  ].join(" ");

/** Every answer, once and always, at every call. */
export function allCases(): readonly Case[] {
  return Object.entries(PORT_CALLS).flatMap(([call, { meets }]) =>
    meets.flatMap((kind) =>
      [...answersOf(kind, healthyOf(kind))].flatMap((answer) =>
        [1, 99].map((times) => ({ call, parts: [{ kind, answer, times }] })),
      ),
    ),
  );
}

/** The same numbers for the same seed. @returns a function that gives one below `end` */
export function randomOf(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    // Marsaglia's xorshift: the low digits of a linear generator are not random.
    state = (state ^ (state << 13)) >>> 0;
    state = (state ^ (state >>> 17)) >>> 0;
    state = (state ^ (state << 5)) >>> 0;
    return state % end;
  };
}

const IDLE_MS = 5;
/** The limit of one call, and the waits of a vault's first attempts: its token has a limit alone. */
const MOST_MS = 12_000;
/** The broker keeps a token for a minute. */
const TOKENS_END_MS = 61_000;
const { setTimeout: setRealTimeout } = globalThis;
/** What the network and threads have brought is done before a timer passes. */
const idle = (): Promise<void> =>
  new Promise((resolve) => {
    setRealTimeout(() => setImmediate(resolve), IDLE_MS);
  });

/** The answer as it is given to this request. */
export function answerOf(
  request: Parameters<Fault["answer"]>[0],
  answer: KindOfAnswer,
  { deliver }: Pick<Awaited<ReturnType<typeof openDeliveries>>, "deliver">,
): ReturnType<Fault["answer"]> {
  // The right answer is the one to this request.
  const body = answer.isRight === true ? healthy(request).body : answer.body;
  const given = { ...answer, body };
  if (answer.delivery === undefined) return Promise.resolve(responseOf(request, given));
  return answer.delivery === "silent" ? silence(request) : deliver(request, given, answer.delivery);
}

/** Runs cases on adapters that all of them share. */
export async function openRunner() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const deliveries = await openDeliveries();
  const { azure, state } = openAzure();
  let underWay = 0;
  let vaults = 0;

  /**
   * Timers pass as soon as nothing else happens: no wait of the broker or of Azure's libraries
   * takes its time.
   */
  async function whileTimePasses<Value>(call: () => Promise<Value>): Promise<Value> {
    const running = call();
    const isOver = running.then(
      () => true,
      () => true,
    );
    for (let calls = -1; ; calls = state.calls.length) {
      if (await Promise.race([isOver, idle().then(() => false)])) return running;
      if (underWay === 0 && calls === state.calls.length) vi.advanceTimersToNextTimer();
    }
  }

  const deliver: (typeof deliveries)["deliver"] = (...given) => {
    underWay += 1;
    return deliveries.deliver(...given).finally(() => {
      underWay -= 1;
    });
  };

  /** Makes the call with its answers, and then without them. @returns what is wrong */
  async function runCase({ call, parts }: Case, vault: string, mustMeet: boolean) {
    const { run }: PortCall = PORT_CALLS[call] ?? never();
    const met = new Set<Part>();
    state.faults = parts.map((part) => ({
      ...part,
      answer(request) {
        met.add(part);
        return answerOf(request, part.answer, { deliver });
      },
    }));
    state.calls.length = 0;
    const startMs = Date.now();
    const outcome = await whileTimePasses(() => run(azure, `one-${vault}`, vault));
    const tookMs = Date.now() - startMs;
    const calls = state.calls.length;
    state.faults = [];
    const [again, other] = await whileTimePasses(async () => [
      await run(azure, `one-${vault}`, vault),
      await run(azure, `other-${vault}`, vault),
    ]);
    const seen: readonly Met[] = [...met].map(({ kind, answer, times }) => ({
      kind,
      answer,
      isLasting: times > 1,
    }));
    if (seen.length === 0 && !mustMeet) return [];
    return judge({ outcome, again, other, met: seen, calls, tookMs }, MOST_MS);
  }

  return {
    /** Cases of one list follow each other at the same vault. @returns the problems of all */
    async problemsOf(lists: readonly (readonly Case[])[]): Promise<readonly string[]> {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on("unhandledRejection", note);
      const problems: string[] = [];
      for (const list of lists) {
        const vault = `kv-${String((vaults += 1))}`;
        for (const [index, each] of list.entries()) {
          // A challenge that is known is not asked for again.
          for (const problem of await runCase(each, vault, index === 0))
            problems.push(`${list.map((one) => nameOf(one)).join(", then ")}: ${problem}`);
          if (list.length > 1) vi.advanceTimersByTime(TOKENS_END_MS);
        }
      }
      process.off("unhandledRejection", note);
      return [...problems, ...unhandled.map(String)];
    },
    close() {
      deliveries.close();
      azure.close();
      vi.useRealTimers();
    },
  };
}

function never(): never {
  throw new Error("a case without a call");
}
