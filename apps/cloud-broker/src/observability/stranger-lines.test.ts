import { expect, test } from "vitest";

import { createStrangerLines } from "./log.ts";

const BURST = 60;
const IN_SUM = 600;

function openLines() {
  const clock = { nowMs: 0 };
  const logged: unknown[] = [];
  const lines = createStrangerLines(
    (level, event, fields) => logged.push({ level, event, ...fields }),
    () => clock.nowMs,
  );
  const admitted = (address: string, times: number) =>
    Array.from({ length: times }, () => lines.admit(address)).filter(Boolean).length;
  return { clock, logged, admitted };
}

test("a flood of one address has few lines, and takes none of another address", () => {
  const { clock, logged, admitted } = openLines();
  expect(admitted("203.0.113.7", 10_000)).toBe(BURST);
  expect(logged).toEqual([
    { level: "warn", event: "refusals without a line", address: "203.0.113.7", count: 1 },
  ]);
  expect(admitted("203.0.113.8", 1)).toBe(1);
  clock.nowMs = 10_000;
  expect(admitted("203.0.113.7", 10_000)).toBe(1);
  expect(logged).toHaveLength(2);
  expect(logged[1]).toMatchObject({ count: 10_000 - BURST + 1 });
});

test("a flood of many addresses has few lines", () => {
  const { admitted } = openLines();
  const sum = Array.from({ length: 100 }, (_, index) => admitted(`203.0.113.${String(index)}`, 10));
  expect(sum.reduce((one, other) => one + other)).toBe(IN_SUM);
});
