import { expect, it } from "vitest";

import { LeastRecentlyUsed } from "./least-recently-used.ts";

it("drops the least recently used entry, and deleted ones", () => {
  const kept = new LeastRecentlyUsed<string, number>(2);
  kept.set("a", 1);
  kept.set("b", 2);
  expect(kept.get("a")).toBe(1);
  kept.set("c", 3);
  expect([kept.get("a"), kept.get("b"), kept.get("c")]).toEqual([1, undefined, 3]);
  kept.deleteWhere((key) => key === "c");
  expect([kept.get("a"), kept.get("c")]).toEqual([1, undefined]);
  kept.delete("a");
  expect(kept.get("a")).toBeUndefined();
});
