import { afterAll, beforeAll, expect, test } from "vitest";

import { ENGINE } from "../store/open-test-store.ts";
import type { BrokerWorld } from "../world/open-broker.ts";
import { replay, tellStory, walkRandomly } from "./explore.ts";
import { openExplored } from "./open-explored.ts";

/** Few, since the walks of explorer.test.ts have the same steps: only the engine differs. */
const SEEDS = [2001, 2002, 2003, 2004];

let world: BrokerWorld;
beforeAll(async () => {
  world = await openExplored(ENGINE === "postgres" ? 3 : 2);
});
afterAll(() => world[Symbol.asyncDispose]());

test("random walks violate no property on the engine of this run, with its replicas", async () => {
  const stories: string[] = [];
  for (const seed of SEEDS) {
    const walk = await walkRandomly(world, seed);
    if (walk.violations.length > 0) stories.push(tellStory(walk, seed));
  }
  expect(stories).toEqual([]);
});

test("a restored backup and a kill of all replicas bring back nothing on the engine of this run", async () => {
  const walk = await replay(world, [
    ["ask", "appliance"],
    ["back up"],
    ["revoke", "Olga"],
    ["crash"],
    ["restore the backup"],
    ["ask", "appliance"],
    ["restore", "Olga"],
    ["ask", "appliance"],
    ["back up"],
    ["move", "fail"],
    ["move", "erase"],
    ["restore the backup"],
    ["ask", "appliance"],
    ["confirm the restore"],
  ]);
  expect(walk.violations).toEqual([]);
  expect(walk.told.map(({ answer }) => answer).join(", ")).toBe(
    "granted, kept, 200, started, restored, UnlockRevoked, 200, granted, " +
      "kept, 200 Aborted, 200 Aborted, restored, UnlockRevoked, confirmed",
  );
});
