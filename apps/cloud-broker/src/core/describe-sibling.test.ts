import { expect, test } from "vitest";

import { describeSibling } from "./describe-sibling.ts";
import type { LockFacts } from "./lock-state.ts";

const NOW_MS = 1_000_000_000;
const lease: LockFacts["lease"] = {
  state: "live",
  grantedAtMs: 5,
  renewedAtMs: NOW_MS - 100_000,
  ttlSeconds: 60,
  outageGraceSeconds: 900,
  graceUntilReboot: false,
};

test.each<[string, object, object]>([
  ["was never seen", {}, { lock: "locked" }],
  ["reported once", { lastSeenAtMs: NOW_MS - 3000 }, { lock: "locked", lastSeenSeconds: 3 }],
  ["is in its grace", { lease, lastSeenAtMs: 7 }, { lock: "unlocked", lastSeenSeconds: 100 }],
  [
    "is erased",
    { isErased: true, lastSeenAtMs: NOW_MS + 5 },
    { lock: "erased", lastSeenSeconds: 0 },
  ],
])("a node that %s", (_case, changed, expected) => {
  const node = {
    serial: "B",
    isPrepared: true,
    isErased: false,
    lastSeenAtMs: undefined,
    ...changed,
  };
  expect(describeSibling(node, NOW_MS)).toEqual({ serial: "B", ...expected });
});
