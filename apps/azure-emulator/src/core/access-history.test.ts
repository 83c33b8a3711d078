import { expect, test } from "vitest";

import { testAccess, testVault } from "../../test/test-vault.ts";
import { changeAccess, effectiveAccess, isEffective } from "./access-history.ts";

const NOW = 1_000_000;
const DELAY = 60_000;
const ENABLED = testAccess({ publicNetworkAccess: "Enabled" });
const DISABLED = testAccess({ publicNetworkAccess: "Disabled" });

test("a change counts at once without a delay", () => {
  const vault = changeAccess(testVault({ access: ENABLED }), DISABLED, NOW);
  expect(effectiveAccess(vault, NOW, 0)).toBe(DISABLED);
});

test("with a delay, the data plane sees the permissions of that time ago", () => {
  const once = changeAccess(testVault({ access: ENABLED }), DISABLED, NOW);
  const twice = changeAccess(once, ENABLED, NOW + 10_000);
  expect(effectiveAccess(twice, NOW + DELAY - 1, DELAY)).toBe(ENABLED);
  expect(effectiveAccess(twice, NOW + DELAY, DELAY)).toBe(DISABLED);
  expect(effectiveAccess(twice, NOW + DELAY + 10_000, DELAY)).toBe(ENABLED);
});

test("settings replaced more than a day ago are forgotten", () => {
  const once = changeAccess(testVault({ access: ENABLED }), DISABLED, NOW);
  expect(changeAccess(once, ENABLED, NOW + 25 * 3_600_000).accessHistory).toHaveLength(1);
});

const ASSIGNMENT = {
  id: "i",
  name: "n",
  scope: "/",
  roleDefinitionName: "r",
  principalId: "p",
  principalType: "ServicePrincipal",
  createdAtMs: NOW,
};
test.each([
  ["a new assignment waits", {}, NOW + DELAY - 1, false],
  ["and then counts", {}, NOW + DELAY, true],
  ["a removed one still counts", { removedAtMs: NOW + 100_000 }, NOW + 100_000 + DELAY - 1, true],
  [
    "until the removal has propagated",
    { removedAtMs: NOW + 100_000 },
    NOW + 100_000 + DELAY,
    false,
  ],
])("%s", (_name, facts, nowMs, expected) => {
  expect(isEffective({ ...ASSIGNMENT, ...facts }, nowMs, DELAY)).toBe(expected);
});
