import { describe, expect, test } from "vitest";

import type { AccessPolicy } from "../../core/model.ts";
import { changePolicies, parseAccessPolicies, type PolicyChange } from "./access-policies.ts";

const policy = (objectId: string, keys: string[], applicationId?: string): AccessPolicy => ({
  tenantId: "tenant",
  objectId,
  ...(applicationId !== undefined && { applicationId }),
  permissions: { keys, secrets: [], certificates: [], storage: [] },
});

describe("a change of access policies", () => {
  test.each<[string, PolicyChange, AccessPolicy[], AccessPolicy[], AccessPolicy[]]>([
    ["adds a principal", "add", [], [policy("a", ["get"])], [policy("a", ["get"])]],
    [
      "unites permissions without regard to case",
      "add",
      [policy("a", ["get"])],
      [policy("A", ["GET", "wrapKey"])],
      [policy("a", ["get", "wrapKey"])],
    ],
    [
      "replaces one entry and leaves the others",
      "replace",
      [policy("a", ["get"]), policy("b", ["get"])],
      [policy("a", ["unwrapKey"])],
      [policy("a", ["unwrapKey"]), policy("b", ["get"])],
    ],
    [
      "removes permissions",
      "remove",
      [policy("a", ["get", "wrapKey"])],
      [policy("a", ["wrapkey"])],
      [policy("a", ["get"])],
    ],
    [
      "removes an entry left with none",
      "remove",
      [policy("a", ["get"])],
      [policy("a", ["get"])],
      [],
    ],
    [
      "removes an entry named without permissions",
      "remove",
      [policy("a", ["get"])],
      [policy("a", [])],
      [],
    ],
    ["removes nothing of a principal without an entry", "remove", [], [policy("a", ["get"])], []],
    [
      "keeps a principal apart from the same one through an application",
      "add",
      [policy("a", ["get"])],
      [policy("a", ["wrapKey"], "app")],
      [policy("a", ["get"]), policy("a", ["wrapKey"], "app")],
    ],
  ])("%s", (_, change, current, given, expected) => {
    expect(changePolicies(current, change, given)).toEqual(expected);
  });
});

test("an unknown key permission is named", () => {
  const input = [{ tenantId: "tenant", objectId: "a", permissions: { keys: ["wrap"] } }];
  expect(() => parseAccessPolicies(input, "tenant")).toThrow(/'wrap' is not a key permission/);
});
