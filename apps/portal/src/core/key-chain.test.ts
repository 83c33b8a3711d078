import type { KeyHealthView } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { decideKeyChain } from "./key-chain.ts";

const KEK = {
  kekType: "CustomerManaged",
  kekUrl: "https://contoso.vault.azure.net/keys/unlock/0123",
  kekVaultResourceID:
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/contoso",
} as const;
const NODE = { serial: "SN1", lock: "locked", envelope: { generation: 2 } } as const;
const nextStep = { who: "nobody", text: "" } as const;
const healthy: KeyHealthView = { state: "Healthy", risks: [], nextStep };

function unusable(code: string): KeyHealthView {
  return {
    state: "Unusable",
    risks: [],
    error: { code, message: "", details: [], additionalInfo: [] },
    nextStep,
  };
}

const statesOf = (health: KeyHealthView) => {
  const { trunk, branches } = decideKeyChain(KEK, health, [NODE]);
  return [...trunk, ...(branches[0]?.links ?? [])].map(({ state }) => state).join(" ");
};

test("a fit key is a whole chain that names each of its parts", () => {
  const { trunk, branches } = decideKeyChain(KEK, healthy, [NODE]);
  expect(trunk.map(({ name }) => name)).toEqual(["contoso", "unlock", "0123"]);
  expect(branches[0]?.links.map(({ name }) => name)).toEqual(["2", "SN1"]);
  expect(statesOf(healthy)).toBe("whole whole whole whole whole");
});

test.each([
  ["SsemUserErrorKeyVaultDetailsNotFound", "broken whole whole whole whole"],
  ["SsemUserErrorKeyVaultBadRequestException", "whole broken whole whole whole"],
  ["SsemUserErrorEncryptionKeyDisabled", "whole whole broken whole whole"],
  ["KeyVersionMismatch", "whole whole whole broken whole"],
  ["toString", "whole whole broken whole whole"],
])("%s breaks exactly one link", (code, expected) => {
  expect(statesOf(unusable(code))).toBe(expected);
});

test("a risk shows at the version, and an unchecked key is unknown", () => {
  expect(statesOf({ ...healthy, state: "AtRisk" })).toBe("whole whole at-risk whole whole");
  expect(statesOf({ ...healthy, state: "Unknown" })).toBe(
    "unknown unknown unknown unknown unknown",
  );
});

test("each node of a Heavy ends the chain by itself, and a revoked one is broken", () => {
  const revoked = { ...NODE, serial: "SN2", lock: "revoked" } as const;
  const { branches } = decideKeyChain(KEK, healthy, [NODE, revoked]);
  expect(branches.map(({ links }) => links.at(-1)?.state)).toEqual(["whole", "broken"]);
});

test("a key without a version shows the one that was last seen in use", () => {
  const kek = { ...KEK, kekUrl: "https://contoso.vault.azure.net/keys/unlock" };
  const health = { ...healthy, kid: "https://contoso.vault.azure.net/keys/unlock/9876" };
  expect(decideKeyChain(kek, health, []).trunk.at(-1)?.name).toBe("9876");
});

test("the chain of an erased node ends before its envelope", () => {
  const erased = { serial: "SN1", lock: "locked" } as const;
  const [branch] = decideKeyChain(KEK, healthy, [erased]).branches;
  expect(branch?.links).toMatchObject([
    { part: "envelope", name: undefined, state: "broken" },
    { part: "volume", state: "whole" },
  ]);
});
