import { setImmediate } from "node:timers/promises";

import { expect, test } from "vitest";

import { createStarts, ENOUGH_BEGUN } from "./starts.ts";

function openStarts(isSaturated: () => boolean) {
  const starts = createStarts(isSaturated);
  const begun: number[] = [];
  const start = (label: number) => {
    starts.start(() => {
      begun.push(label);
      starts.add();
    });
  };
  return { starts, begun, start };
}
const MANY = Array.from({ length: 2 * ENOUGH_BEGUN }, (_, label) => label);

test("a saturated process begins as many as keep it busy, and the next in order when one ends", async () => {
  const { starts, begun, start } = openStarts(() => true);
  for (const label of MANY) start(label);
  expect(begun).toEqual(MANY.slice(0, ENOUGH_BEGUN));
  starts.remove();
  starts.remove();
  // What has arrived comes first.
  expect(begun).toHaveLength(ENOUGH_BEGUN);
  await setImmediate();
  expect(begun).toEqual(MANY.slice(0, ENOUGH_BEGUN + 2));
});

test("a process with time left begins all, and those that wait when it has time again", () => {
  let isSaturated = false;
  const { begun, start } = openStarts(() => isSaturated);
  for (const label of MANY) start(label);
  expect(begun).toEqual(MANY);
  isSaturated = true;
  start(100);
  expect(begun).toEqual(MANY);
  isSaturated = false;
  start(101);
  expect(begun).toEqual([...MANY, 100, 101]);
});
