import { describe, expect, it } from "vitest";

import { KEY_CHECKS, type KeyEvidence } from "./key-checks.ts";

const evidence: KeyEvidence = {
  nowMs: 0,
  tenantId: "tenant",
  keyUrl: { ok: false, failure: { code: "InternalError" } },
  vaultResourceId: "vault",
  vaultNameInResourceId: "vault",
  identity: { ok: false, failure: { code: "InternalError" } },
};
const decide = (more: Partial<KeyEvidence>) =>
  KEY_CHECKS.find(({ name }) => name === "vault-region")?.decide({ ...evidence, ...more });
const vaultIn = (location: string): Partial<KeyEvidence> => ({
  vault: {
    ok: true,
    value: {
      tenantId: "tenant",
      location,
      vaultUrl: "https://vault",
      rbac: true,
      softDelete: true,
      purgeProtection: true,
    },
  },
});
const accounts = (...locations: readonly (string | undefined)[]): Partial<KeyEvidence> => ({
  storageLocations: {
    ok: true,
    value: locations.map((location, index) => ({ id: `account-${String(index)}`, location })),
  },
});
const MISMATCH = { code: "KeyVaultRegionMismatch" };

describe("the check of the region", () => {
  it("passes when every region is known and the same", () => {
    expect(decide({ ...vaultIn("West US"), ...accounts("westus", "WESTUS") })).toBe("passed");
  });

  it.each([
    [["account-1"], { ...vaultIn("westus"), ...accounts("westus", undefined) }],
    [["account-0", "account-1"], { ...vaultIn("westus"), ...accounts(undefined, undefined) }],
    [["vault"], { vault: { ok: true, value: "hidden" } as const, ...accounts("westus") }],
    [["vault"], { vault: { ok: true, value: "absent" } as const, ...accounts("westus") }],
    [[], vaultIn("westus")],
  ])("is not reached, and names %j, if that was not read", (unread, more) => {
    expect(decide(more)).toEqual({ unread });
  });

  it.each([["eastus"], ["westus", "eastus"], [undefined, "eastus"]])(
    "refuses one account elsewhere: %s %s",
    (...locations) => {
      expect(decide({ ...vaultIn("westus"), ...accounts(...locations) })).toMatchObject(MISMATCH);
    },
  );
});
