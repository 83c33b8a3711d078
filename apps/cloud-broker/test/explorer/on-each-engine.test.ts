import { expect, test } from "vitest";

import { ENGINE } from "../store/open-test-store.ts";
import { tellStory, walkRandomly } from "./explore.ts";
import { openExplored } from "./open-explored.ts";

/** Few, since the walks of explorer.test.ts have the same steps: only the engine differs. */
const SEEDS = [2001, 2002, 2003, 2004];

test("random walks violate no property on the engine of this run, with its replicas", async () => {
  await using world = await openExplored(ENGINE === "postgres" ? 3 : 2);
  const stories: string[] = [];
  for (const seed of SEEDS) {
    const walk = await walkRandomly(world, seed);
    if (walk.violations.length > 0) stories.push(tellStory(walk, seed));
  }
  expect(stories).toEqual([]);
});
