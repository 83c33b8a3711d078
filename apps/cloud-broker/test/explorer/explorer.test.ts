// @module-tag one-engine
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { WAYS_OUT } from "../../src/core/ways-out.ts";
import type { BrokerWorld } from "../world/open-broker.ts";
import { classOf, replay, shrink, tellStory, walkRandomly } from "./explore.ts";
import { FOUND } from "./found.ts";
import { openExplored } from "./open-explored.ts";
import { MUTATIONS, TWINS } from "./twins.ts";

/** `npm run explore -- --minutes N`: at night it walks longer, and elsewhere each time. */
// oxlint-disable-next-line node/no-process-env -- for people who explore
const { EXPLORE_MINUTES = "0", EXPLORE_SEED = "1" } = process.env;
const MINUTES = Number(EXPLORE_MINUTES);
const FIRST_SEED = Number(EXPLORE_SEED);
/** Fixed seeds and steps in each run: not the time decides what is tried. */
const WALKS = 16;
/** How many walks may pass until a removed guard is seen. */
const BUDGET = 25;
const WALKS_OF_A_WORLD = 60;
/** No step of a twin is blocked by a call that is held; it may be slow. */
const PATIENCE_MS = 60_000;

let world: BrokerWorld;
beforeAll(async () => {
  world = await openExplored();
});
afterAll(() => world[Symbol.asyncDispose]());
const openAgain = async (): Promise<void> => {
  await world[Symbol.asyncDispose]();
  world = await openExplored();
};

test(
  "random walks of all roles violate no property",
  { timeout: 60_000 * (MINUTES + 10) },
  async () => {
    const end = Date.now() + MINUTES * 60_000;
    const seen = new Set<string>();
    const stories: string[] = [];
    const answers = new Map<string, number>();
    let steps = 0;
    let walk = 0;
    for (; MINUTES === 0 ? walk < WALKS : Date.now() < end; walk += 1) {
      const seed = FIRST_SEED + walk;
      // Its database grows, and each restart and backup reads it.
      if (walk % WALKS_OF_A_WORLD === WALKS_OF_A_WORLD - 1) await openAgain();
      const found = await walkRandomly(world, seed)
        .catch(async (error: unknown) => {
          if (MINUTES === 0) throw error;
          // A connection may end on a busy machine; what the walk itself breaks, it breaks again.
          process.stdout.write(`Seed ${seed}, walked again: ${String(error)}\n`);
          await openAgain();
          return walkRandomly(world, seed);
        })
        .catch(async (error: unknown) => {
          if (MINUTES === 0) throw error;
          // At night the other walks go on.
          stories.push(`Seed ${seed}: ${String(error)}`);
          process.stdout.write(`${stories.at(-1)}\n\n`);
          await openAgain();
          return undefined;
        });
      if (found === undefined) continue;
      steps += found.told.length;
      for (const { step, answer } of found.told) {
        const what = `${step[0]}: ${answer.replaceAll(/\d+ of|"[^"]*"/g, "")}`;
        answers.set(what, (answers.get(what) ?? 0) + 1);
      }
      for (const violation of found.violations) {
        const kind = classOf(violation);
        if (seen.has(kind)) continue;
        seen.add(kind);
        const short = await shrink(
          world,
          found.told.map(({ step }) => step),
          kind,
        );
        const shown = await replay(world, short);
        // What depends on more than the steps, such as ids, may not be seen again.
        stories.push(tellStory(shown.violations.length > 0 ? shown : found, seed));
        if (MINUTES > 0) process.stdout.write(`${stories.at(-1)}\n\n`);
      }
    }
    // The actions with their answers: an action that is always refused finds nothing.
    const tried = [...answers].map(([what, count]) => `${what} (${count})`);
    if (MINUTES > 0)
      process.stdout.write(`${tried.toSorted().join("\n")}\n${steps} steps, ${walk} walks\n`);
    expect(stories).toEqual([]);
  },
);

describe("what the explorer found does not come back:", () => {
  test.each(Object.entries(FOUND))("%s", async (_name, steps) => {
    const { violations } = await replay(world, steps, new Set(), PATIENCE_MS);
    expect(violations).toEqual([]);
  });
});

describe("the explorer sees it where a guard is removed:", () => {
  test.each(Object.entries(TWINS))("%s", async (_name, { property, row, removed, steps }) => {
    const safe = await replay(world, steps, new Set(), PATIENCE_MS);
    expect(safe.violations).toEqual([]);
    const undo = row === undefined ? undefined : removeRow(...row);
    const twin = await replay(
      world,
      steps,
      new Set(removed === undefined ? [] : [removed]),
      PATIENCE_MS,
    ).finally(() => undo?.());
    expect(twin.violations.map((each) => each.property)).toContain(property);
  });
});

describe("random walks see it where a guard is removed:", () => {
  test.each(Object.entries(MUTATIONS))("%s", async (_name, { property, row, removed, seed }) => {
    const undo = row === undefined ? undefined : removeRow(...row);
    const seen: number[] = [];
    try {
      for (let walk = 0; walk < BUDGET && !seen.includes(property); walk += 1) {
        const set = new Set(removed === undefined ? [] : [removed]);
        const { violations } = await walkRandomly(world, seed + walk, set);
        seen.push(...violations.map((each) => each.property));
      }
    } finally {
      undo?.();
    }
    expect(seen).toContain(property);
  });
});

/** Removes one guard of a way out from the table. @returns puts it back */
function removeRow(way: keyof typeof WAYS_OUT, guard: string): () => void {
  const table: Record<string, object> = WAYS_OUT;
  const before = WAYS_OUT[way];
  table[way] = { ...before, [guard]: { read: "no" } };
  return () => {
    table[way] = before;
  };
}
