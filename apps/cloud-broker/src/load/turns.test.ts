import { expect, test } from "vitest";

import { createTurns } from "./turns.ts";

test("work of one name takes turns, that of another does not wait, and a failure stops nothing", async () => {
  const turns = createTurns();
  const seen: string[] = [];
  const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
  const work = (name: string, label: string, until?: Promise<undefined>) =>
    turns(name, async () => {
      seen.push(`${label} begins`);
      await until;
      seen.push(`${label} ends`);
    });
  const first = work("one", "first", held);
  const failed = turns("one", () => Promise.reject(new Error("failed")));
  const third = work("one", "third");
  await work("two", "other");
  release(undefined);
  await expect(failed).rejects.toThrow("failed");
  await Promise.all([first, third]);
  expect(seen).toEqual([
    "first begins",
    "other begins",
    "other ends",
    "first ends",
    "third begins",
    "third ends",
  ]);
});
