import { expect, test } from "vitest";

import { changesOf, createPendingChanges } from "./pending-changes.ts";

test("changes of one order are announced as one", () => {
  const pending = createPendingChanges();
  pending.add("a", ["lock", "activity"]);
  pending.add("b", ["stage"]);
  pending.add("a", ["health", "lock"]);
  expect(pending.take()).toEqual([
    { kind: "order", id: "a", what: ["activity", "health", "lock"] },
    { kind: "order", id: "b", what: ["stage"] },
  ]);
  expect(pending.isEmpty).toBe(true);
  expect(pending.take()).toEqual([]);
});

test("changes of many orders are announced without the orders' names", () => {
  const pending = createPendingChanges();
  for (let number = 0; number < 101; number += 1) pending.add(String(number), ["lock"]);
  pending.add("one more", ["lock"]);
  expect(pending.take()).toEqual([{ kind: "many" }]);
  pending.add("a", ["lock"]);
  expect(pending.take()).toEqual([{ kind: "order", id: "a", what: ["lock"] }]);
});

test.each([
  ["unlock", ["activity", "lock", "approval"]],
  ["relock", ["activity", "lock"]],
  ["order/dispatch", ["activity", "stage"]],
  ["order/revoke", ["activity", "lock"]],
  ["order/listCredentials", ["activity"]],
  ["key/health", ["activity", "health"]],
  ["approval/approve", ["activity", "approval"]],
  ["something new", ["activity"]],
])("an audit row of action %s announces %j", (action, kinds) => {
  expect(changesOf(action)).toEqual(kinds);
});
