import { expect, test } from "vitest";

import { newestOfEachNode } from "./newest-of-each-node.ts";

test("each node is shown once, by its newest entry; entries without a node are left out", () => {
  const entries = [
    { at: 4, row: {} },
    { at: 3, row: { serial: "a" } },
    { at: 2, row: { serial: "b" } },
    { at: 1, row: { serial: "a" } },
  ];
  expect(newestOfEachNode(entries).map(({ at }) => at)).toEqual([3, 2]);
});
