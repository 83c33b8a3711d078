import { expect, test } from "vitest";

import {
  confirmationOf,
  covers,
  decideScope,
  type Revocation,
  scopeOf,
} from "./revocation-scope.ts";

const SUBSCRIPTION = "1b2c3d4e-5555-4666-8777-888899990000";
const ORDER = `/subscriptions/${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.DataBox/jobs/import-1`;
const standing: Revocation = {
  id: "1",
  scope: "fleet",
  origin: "operator",
  reason: "r",
  revokedAt: "2026-01-01T00:00:00Z",
};

test.each([
  ["fleet", "", { kind: "fleet" }, "fleet"],
  [
    "subscription",
    ` ${SUBSCRIPTION.toUpperCase()}`,
    { kind: "subscription", subscriptionId: SUBSCRIPTION },
    "1b2c3d4e",
  ],
  ["order", ORDER, { kind: "order", order: ORDER }, "import-1"],
] as const)("a %s is named by %j and confirmed by a short word", (kind, typed, scope, word) => {
  expect(decideScope(kind, typed)).toEqual(scope);
  expect(confirmationOf(scope)).toBe(word);
});

test.each([
  ["subscription", "contoso"],
  ["order", "import-1"],
] as const)("no %s is called %j", (kind, typed) => {
  expect(decideScope(kind, typed)).toBeUndefined();
});

test("a standing switch is lifted with the scope it was thrown with", () => {
  expect(scopeOf({ ...standing, scope: "node", orderId: ORDER, serial: "DBX-1" })).toEqual({
    kind: "node",
    order: ORDER,
    serial: "DBX-1",
  });
});

test.each([
  [standing, true],
  [{ ...standing, scope: "subscription", subscriptionId: SUBSCRIPTION }, true],
  [{ ...standing, scope: "subscription", subscriptionId: "other" }, false],
  [{ ...standing, scope: "node", orderId: ORDER.toLowerCase(), serial: "DBX-1" }, true],
  [{ ...standing, scope: "order", orderId: `${ORDER}0` }, false],
] as const)("a switch stands over an order or not (%#)", (revocation, expected) => {
  expect(covers(revocation, ORDER)).toBe(expected);
});
