// @module-tag one-engine

import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { SETTINGS } from "../../src/config/config.ts";
import { CAPACITY_BLOCKS, CAPACITY_PAGE, renderCapacity } from "./write-capacity.ts";
import { renderLimits } from "./write-limits.ts";

test("the page of limits is as the code is, and names each setting of a limit", () => {
  const page = new URL("../../../../docs/reference/limits.md", import.meta.url);
  expect(readFileSync(page, "utf8")).toBe(renderLimits());
  const limits = Object.keys(SETTINGS).filter((name) => /^(MAX_|RATE_LIMIT_)|_PER_/.test(name));
  expect(limits.filter((name) => !renderLimits().includes(`\`${name}\``))).toEqual([]);
});

test("the page of capacity has the figures that were measured, and those of the code", () => {
  const page = readFileSync(CAPACITY_PAGE, "utf8");
  expect(page).toBe(renderCapacity(page));
  const used = [...page.matchAll(/^<!-- capacity:(\w+) -->$/gm)].map(([, name = ""]) => name);
  expect(used.toSorted()).toEqual(CAPACITY_BLOCKS.toSorted());
});
