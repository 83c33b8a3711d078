import { expect, test } from "vitest";

import { layOutChain } from "./key-chain-layout.ts";
import type { KeyChain } from "./key-chain.ts";

const link = (part: "vault" | "key" | "version" | "envelope" | "volume") =>
  ({ part, state: "whole" }) as const;
const chainOf = (serials: readonly string[]): KeyChain => ({
  trunk: [link("vault"), link("key"), link("version")],
  branches: serials.map((serial) => ({
    serial,
    lock: "locked",
    links: [link("envelope"), link("volume")],
  })),
});

test.each(["across", "down"] as const)(
  "no two boxes overlap, and all are in the picture: %s",
  (direction) => {
    const { boxes, width, height } = layOutChain(chainOf(["A", "B"]), direction);
    expect(boxes).toHaveLength(7);
    for (const [index, a] of boxes.entries()) {
      expect(a.x + a.width).toBeLessThan(width);
      expect(a.y + a.height).toBeLessThan(height);
      for (const b of boxes.slice(index + 1))
        expect(
          a.x + a.width <= b.x ||
            b.x + b.width <= a.x ||
            a.y + a.height <= b.y ||
            b.y + b.height <= a.y,
        ).toBe(true);
    }
  },
);

test.each(["across", "down"] as const)(
  "boxes have one size at any number of nodes: %s",
  (direction) => {
    const sizesOf = (serials: readonly string[]) =>
      layOutChain(chainOf(serials), direction).boxes.map(
        ({ width, height }) => `${width} ${height}`,
      );
    const sizes = new Set([...sizesOf([]), ...sizesOf(["A"]), ...sizesOf(["A", "B", "C"])]);
    expect(sizes.size).toBe(1);
  },
);

test("every part but the first is linked to the one before", () => {
  expect(layOutChain(chainOf(["A", "B"]), "across").connectors).toHaveLength(6);
  expect(layOutChain(chainOf([]), "across").connectors).toHaveLength(2);
});
