import { AUDIT_ACTIONS } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { ACTIVITY_KINDS, activityFilterOf, parseActivitySearch } from "./activity-search.ts";

test("an address keeps its known filters, and nothing invisible", () => {
  expect(
    parseActivitySearch({ kind: "unlocks", outcome: "refused", span: "day", search: 42 }),
  ).toEqual({ kind: "unlocks", outcome: "refused", span: "day", search: "42" });
  expect(parseActivitySearch({ kind: "x", outcome: "x", span: "x", search: "", more: 1 })).toEqual(
    {},
  );
});

test("a kind is asked for by its actions, a span by its first moment", () => {
  expect(
    activityFilterOf({ kind: "unlocks", span: "day" }, Date.parse("2026-03-04T05:06:07Z")),
  ).toEqual({
    newestFirst: "true",
    action: "unlock,offline-unlock,receipt",
    from: "2026-03-03T05:06:07.000Z",
  });
});

test("a kind finds every action of the audit log", () => {
  const named = ACTIVITY_KINDS.flatMap(
    (kind) => activityFilterOf({ kind }, 0).action?.split(",") ?? [],
  );
  const unfound = AUDIT_ACTIONS.filter(
    (action) => !named.some((name) => action === name || action.startsWith(`${name}/`)),
  );
  expect(unfound).toEqual([]);
});
