import { expect, test } from "vitest";

import { NAME_RULES } from "./new-resources.ts";

test.each([
  ["vault", "contoso-kv", true],
  ["vault", "kv", false],
  ["vault", "1contoso", false],
  ["vault", "contoso--kv", false],
  ["vault", "contoso-", false],
  ["vault", "a".repeat(25), false],
  ["key", "unlock", true],
  ["key", "un_lock", false],
  ["key", "", false],
  ["resourceGroup", "databox-demo", true],
  ["resourceGroup", "group.", false],
  ["resourceGroup", "a(b)_c.d", true],
] as const)("a %s may be named %j: %s", (kind, name, expected) => {
  expect(NAME_RULES[kind].test(name)).toBe(expected);
});
