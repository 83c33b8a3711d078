import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { RULE_CHANGES } from "../../src/core/rule-changes.ts";

const PAGE = readFileSync(
  new URL("../../../../docs/customer/unlock-policy.md", import.meta.url),
  "utf8",
);

test("the customer's page names every write that changes a rule, with its effect", () => {
  const rows = PAGE.split("\n").filter((line) => /^\| `(?:jobs|custodyPolicy)\//.test(line));
  const named = rows.flatMap((row) => {
    const [, actions = "", effect = ""] = row.split("|");
    return [...actions.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => [
      name,
      effect.trim().split(/[ :;]/, 1)[0],
    ]);
  });
  expect(Object.fromEntries(named)).toEqual(
    Object.fromEntries(Object.entries(RULE_CHANGES).filter(([, effect]) => effect !== "none")),
  );
});
