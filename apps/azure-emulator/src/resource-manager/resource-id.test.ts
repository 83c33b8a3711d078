import { describe, expect, test } from "vitest";

import { isWithin, parseArmPath } from "./resource-id.ts";

describe("a path of Resource Manager", () => {
  test.each([
    ["/subscriptions", { scope: "/subscriptions", segments: [] }],
    [
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v",
      {
        scope: "/subscriptions/s/resourceGroups/g",
        namespace: "Microsoft.KeyVault",
        segments: ["vaults", "v"],
      },
    ],
    [
      "/subscriptions/s/providers/Microsoft.DataBox/jobs/j/providers/Microsoft.Authorization/roleAssignments/a",
      {
        scope: "/subscriptions/s/providers/Microsoft.DataBox/jobs/j",
        namespace: "Microsoft.Authorization",
        segments: ["roleAssignments", "a"],
      },
    ],
    [
      "/providers/Microsoft.DataBox/operations/",
      { scope: "", namespace: "Microsoft.DataBox", segments: ["operations"] },
    ],
    ["/subscriptions/s/providers", { scope: "/subscriptions/s/providers", segments: [] }],
  ])("%s is answered by its last provider", (path, expected) => {
    expect(parseArmPath(path)).toEqual(expected);
  });
});

test.each([
  ["/a/b", "/a", true],
  ["/a", "/A/", true],
  ["/ab", "/a", false],
  ["/a", "/a/b", false],
  ["/a", "", true],
])("%s lies within %j: %s", (id, scope, expected) => {
  expect(isWithin(id, scope)).toBe(expected);
});
