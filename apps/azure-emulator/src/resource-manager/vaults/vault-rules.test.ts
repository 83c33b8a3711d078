import { describe, expect, test } from "vitest";

import { parseIpRule } from "./network-acls.ts";
import { isVaultName } from "./vault-name.ts";

describe("a vault name", () => {
  test.each([
    ["abc", true],
    ["a-b-c1", true],
    ["A".repeat(24), true],
    ["ab", false],
    ["a".repeat(25), false],
    ["1abc", false],
    ["abc-", false],
    ["a--b", false],
    ["a_bc", false],
    ["äbc", false],
    ["abc\n", false],
  ])("%j: %s", (name, expected) => {
    expect(isVaultName(name)).toBe(expected);
  });
});

describe("an IP rule", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7/32"],
    ["203.0.113.0/24", "203.0.113.0/24"],
    ["172.15.0.1", "172.15.0.1/32"],
    ["0.0.0.0/0", "0.0.0.0/0"],
  ])("%s is kept as %s", (value, kept) => {
    expect(parseIpRule(value)).toBe(kept);
  });

  test.each([
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.0/24",
    "256.1.1.1",
    "1.2.3",
    "1.2.3.4/33",
    "2001:db8::1",
    "contoso",
    "",
  ])("%j is refused", (value) => {
    expect(() => parseIpRule(value)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
