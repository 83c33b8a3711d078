import { describe, expect, test } from "vitest";

import { testAccess, testVault } from "../../../test/test-vault.ts";
import { containsAddress, refuseByNetwork } from "./network.ts";

const CALLER = {
  audience: "",
  issuer: "i",
  expiresSeconds: 0,
  notBeforeSeconds: 0,
  applicationId: "a",
  objectId: "o",
  tenantId: "t",
};

const RULES = [
  ["203.0.113.10", "203.0.113.10", true],
  ["203.0.113.10", "203.0.113.11", false],
  ["203.0.113.0/24", "203.0.113.255", true],
  ["203.0.113.0/24", "203.0.114.0", false],
  ["128.0.0.0/1", "255.255.255.255", true],
  ["0.0.0.0/0", "8.8.8.8", true],
  ["203.0.113.0/33", "203.0.113.0", false],
  ["203.0.113", "203.0.113.0", false],
  ["203.0.113.0/24", "2001:db8::1", false],
  ["300.0.0.0/8", "44.0.0.1", false],
] as const;
test.each(RULES)("rule %s and address %s: %s", (rule, address, expected) => {
  expect(containsAddress(rule, address)).toBe(expected);
});

describe("the firewall", () => {
  const DENY = {
    bypass: "AzureServices",
    defaultAction: "Deny",
    ipRules: ["198.51.100.0/24"],
    virtualNetworkRules: [],
  } as const;
  const NO_BYPASS = { ...DENY, bypass: "None" } as const;
  const CASES = [
    ["everyone is let in by default", {}, "203.0.113.1", false, undefined],
    ["an address of the rules", { networkAcls: DENY }, "198.51.100.9", false, undefined],
    ["another address", { networkAcls: DENY }, "203.0.113.1", false, "ForbiddenByFirewall"],
    [
      "a trusted service from another address",
      { networkAcls: DENY },
      "203.0.113.1",
      true,
      undefined,
    ],
    [
      "a trusted service, bypass None",
      { networkAcls: NO_BYPASS },
      "203.0.113.1",
      true,
      "ForbiddenByFirewall",
    ],
    [
      "public access disabled, an address of the rules",
      { networkAcls: DENY, publicNetworkAccess: "Disabled" },
      "198.51.100.9",
      false,
      "ForbiddenByConnection",
    ],
    [
      "public access disabled, a trusted service",
      { networkAcls: DENY, publicNetworkAccess: "Disabled" },
      "203.0.113.1",
      true,
      undefined,
    ],
    [
      "public access disabled, a trusted service, bypass None",
      { networkAcls: NO_BYPASS, publicNetworkAccess: "Disabled" },
      "203.0.113.1",
      true,
      "ForbiddenByConnection",
    ],
    [
      "secured by perimeter, a trusted service",
      { networkAcls: DENY, publicNetworkAccess: "SecuredByPerimeter" },
      "203.0.113.1",
      true,
      "ForbiddenByConnection",
    ],
  ] as const;
  test.each(CASES)("%s", (_name, access, clientAddress, trustedService, innerCode) => {
    expect(
      refuseByNetwork({
        vault: testVault(),
        access: testAccess(access),
        caller: CALLER,
        clientAddress,
        trustedService,
      })?.innerCode,
    ).toBe(innerCode);
  });
});
