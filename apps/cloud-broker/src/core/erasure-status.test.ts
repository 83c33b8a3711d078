import { expect, test } from "vitest";

import { erasureStatusOf } from "./erasure-status.ts";

const [open, certified] = [{ serial: "A" }, { serial: "B", sanitisation: "e30.e30.e30" }];

test.each([
  ["no node, since the order was cancelled before its preparation", [], "Succeeded"],
  ["every node certified", [certified], "Succeeded"],
  ["one of two nodes certified", [open, certified], "InProgress"],
  ["no node certified", [open], "InProgress"],
  ["a certificate that names no nodes", undefined, "InProgress"],
] as const)("with %s the erasure is %s", (_case, nodes, status) => {
  expect(erasureStatusOf({ nodes: nodes && [...nodes] })).toBe(status);
});
