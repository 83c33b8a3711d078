// @module-tag one-engine
import { KEY_CHECKS } from "@databox-cmk/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { KeyChoice } from "../../src/core/order.ts";
import type { KeySubject, KeyValidation } from "../../src/core/ports.ts";
import type { Store } from "../../src/store/store.ts";
import { fakeVaultId } from "../azure/fake-key-vaults.ts";
import { openTestStore } from "../store/open-test-store.ts";
import {
  createCustodyWorld,
  customerKey,
  type CustodyWorld,
  MMK,
  NOW_MS,
  subject,
  SYSTEM,
} from "./custody-world.ts";

let world: CustodyWorld;
let store: Store;
beforeEach(async () => {
  world = createCustodyWorld();
  store = await openTestStore(":memory:");
});
afterEach(async () => {
  await store.destroy();
  world[Symbol.dispose]();
});

const validate = (
  choice: KeyChoice = customerKey("kv-one"),
  of: KeySubject = subject(),
): Promise<KeyValidation> => world.custody(store).validate(of, choice);
const customer = (
  written: Partial<Extract<KeyChoice, { kekType: "CustomerManaged" }>>,
): KeyChoice => {
  const choice = customerKey("kv-one");
  return choice.kekType === "CustomerManaged" ? { ...choice, ...written } : choice;
};

function remake(options: { purgeProtection?: boolean; location?: string }): void {
  world.vaults.addVault("kv-one", options);
  world.vaults.addKey("kv-one", "kek");
  world.vaults.grant("kv-one", SYSTEM.principalId);
}

describe("validate", () => {
  it("passes all checks of a good key in their fixed order, each with its time", async () => {
    const { checks, outcome } = await validate();
    expect(checks.map(({ name }) => name)).toEqual(Object.keys(KEY_CHECKS));
    expect(
      checks.filter(({ status, elapsedMs }) => status !== "passed" || elapsedMs === undefined),
    ).toEqual([]);
    expect(outcome).toEqual({ ok: true, value: { kid: world.kids.one } });
  });

  it("has nothing to check of the service's own key", async () => {
    expect(await validate(MMK)).toEqual({ checks: [], outcome: { ok: true, value: {} } });
  });

  type Break = () => { choice?: KeyChoice; of?: KeySubject } | void;
  const rows: readonly (readonly [string, Break, string, string?])[] = [
    [
      "url-scheme",
      () => ({ choice: customer({ kekUrl: "http://kv-one.vault.test/keys/kek" }) }),
      "SsemUserErrorKeyVaultUrlWithInvalidScheme",
    ],
    [
      "url-form",
      () => ({ choice: customer({ kekUrl: "https://kv-one.vault.test/kek" }) }),
      "SsemUserErrorInvalidKeyVaultUrl",
    ],
    [
      "url-host",
      () => ({ choice: customer({ kekUrl: "https://kv-one.elsewhere.test/keys/kek" }) }),
      "SsemUserErrorKeyVaultUrlInvalidHost",
    ],
    [
      "url-host",
      () => ({
        choice: customer({
          kekUrl: "https://hsm.managedhsm.azure.net/keys/kek",
          kekVaultResourceId: "/subscriptions/s/providers/Microsoft.KeyVault/managedHSMs/hsm",
        }),
      }),
      "SsemUserErrorKeyVaultUrlInvalidHost",
      "managed-hsm",
    ],
    [
      "vault-resource-id",
      () => ({ choice: customer({ kekVaultResourceId: SYSTEM.resourceId }) }),
      "KeyVaultDetailsMismatch",
    ],
    [
      "vault-resource-id",
      () => ({ choice: customer({ kekUrl: "https://kv-two.vault.test/keys/kek" }) }),
      "KeyVaultDetailsMismatch",
    ],
    [
      "identity-present",
      () => ({ of: subject([]) }),
      "SsemUserErrorSystemAssignedIdentityAbsent",
      "not-enabled",
    ],
    [
      "identity-present",
      () => ({ choice: customer({ identity: { type: "UserAssigned", resourceId: "/other" } }) }),
      "SsemUserErrorUserAssignedIdentityAbsent",
      "not-attached",
    ],
    [
      "identity-usable",
      () => world.vaults.removeIdentity(SYSTEM.principalId),
      "SsemUserErrorSystemAssignedIdentityAbsent",
      "identity-deleted",
    ],
    [
      "vault-tenant",
      () => world.vaults.moveVault("kv-one", "another"),
      "SsemUserErrorKeyVaultDetailsNotFound",
      "tenant-moved",
    ],
    [
      "vault-found",
      () => world.vaults.purgeVault("kv-one"),
      "SsemUserErrorKeyVaultDetailsNotFound",
      "vault-not-found",
    ],
    [
      "vault-found",
      () => world.vaults.deleteVault("kv-one"),
      "SsemUserErrorKeyVaultDetailsNotFound",
      "vault-deleted-recoverable",
    ],
    [
      "vault-found",
      () => world.vaults.setOutage("kv-one", { code: "KeyVaultUnreachable", reason: "timeout" }),
      "KeyVaultUnreachable",
      "timeout",
    ],
    [
      "vault-protection",
      () => remake({ purgeProtection: false }),
      "SsemUserErrorSoftDeleteAndPurgeProtectionNotEnabled",
      "purge-protection",
    ],
    [
      "vault-access",
      () => world.vaults.revoke("kv-one", SYSTEM.principalId),
      "SsemUserErrorKeyVaultBadRequestException",
      "access-policy",
    ],
    [
      "key-found",
      () => ({ choice: customerKey("kv-one", "other") }),
      "SsemUserErrorKeyDetailsNotFound",
      "key-not-found",
    ],
    [
      "key-found",
      () => ({ choice: customerKey("kv-one", "kek", "0".repeat(32)) }),
      "SsemUserErrorKeyDetailsNotFound",
      "version-not-found",
    ],
    [
      "key-found",
      () => world.vaults.deleteKey("kv-one", "kek"),
      "SsemUserErrorKeyDetailsNotFound",
      "key-deleted-recoverable",
    ],
    [
      "key-type",
      () => world.vaults.setType(world.kids.one, "EC"),
      "SsemUserErrorEncryptionKeyTypeNotSupported",
      "key-type",
    ],
    [
      "key-size",
      () => void world.vaults.addKey("kv-one", "kek", { bits: 1024 }),
      "SsemUserErrorEncryptionKeyTypeNotSupported",
      "key-size",
    ],
    [
      "key-operations",
      () => world.vaults.setOperations(world.kids.one, ["wrapKey"]),
      "SsemUserErrorKeyVaultBadRequestException",
      "key-operation",
    ],
    [
      "key-enabled",
      () => world.vaults.setEnabled(world.kids.one, false),
      "SsemUserErrorEncryptionKeyDisabled",
    ],
    [
      "key-expiry",
      () => world.vaults.setExpiry(world.kids.one, NOW_MS / 1000),
      "SsemUserErrorEncryptionKeyExpired",
    ],
    [
      "key-activation",
      () => world.vaults.setNotBefore(world.kids.one, NOW_MS / 1000 + 1),
      "KeyNotYetValid",
    ],
    ["vault-region", () => remake({ location: "eastus" }), "KeyVaultRegionMismatch"],
    [
      "wrap-and-unwrap",
      () => world.vaults.grant("kv-one", SYSTEM.principalId, ["get", "unwrapKey"]),
      "SsemUserErrorKeyVaultBadRequestException",
      "access-policy",
    ],
    [
      "wrap-and-unwrap",
      () => world.vaults.grant("kv-one", SYSTEM.principalId, ["get", "wrapKey"]),
      "SsemUserErrorKeyVaultBadRequestException",
      "access-policy",
    ],
  ];

  it("has a key that fails for each check", () => {
    expect([...new Set(rows.map(([name]) => name))]).toEqual(Object.keys(KEY_CHECKS));
  });

  it.each(rows.map(([name, breakIt, code, reason]) => ({ name, breakIt, code, reason })))(
    "ends at $name by $code $reason, and reaches nothing after it",
    async ({ name, breakIt, code, reason }) => {
      const { choice, of } = breakIt() ?? {};
      const { checks, outcome } = await validate(choice, of);
      const failed = checks.findIndex(({ status }) => status === "failed");
      expect(checks[failed]).toMatchObject({ name, failure: { code } });
      expect(checks[failed]?.failure?.reason).toBe(reason);
      expect(checks.slice(failed + 1).filter(({ status }) => status !== "not-reached")).toEqual([]);
      expect(outcome).toEqual({ ok: false, failure: checks[failed]?.failure });
    },
  );

  it("names the first of several faults in the fixed order", async () => {
    world.vaults.setExpiry(world.kids.one, NOW_MS / 1000);
    world.vaults.setEnabled(world.kids.one, false);
    expect(await validate()).toMatchObject({
      outcome: { failure: { code: "SsemUserErrorEncryptionKeyDisabled" } },
    });
    world.vaults.revoke("kv-one", SYSTEM.principalId);
    expect(await validate()).toMatchObject({ outcome: { failure: { reason: "access-policy" } } });
  });

  const ACCOUNT = subject().storageAccountIds[0] ?? "";
  const VAULT = fakeVaultId("kv-one");
  it.each([
    { hidden: [ACCOUNT], unread: { "vault-region": [ACCOUNT] } },
    { hidden: [VAULT], unread: { "vault-tenant": [VAULT] } },
  ])("does not count as passed what needs $hidden, which it cannot read", async (row) => {
    for (const id of row.hidden) world.vaults.hideResource(id);
    const { checks, outcome } = await validate();
    const others = checks.filter(({ status }) => status !== "passed");
    expect(Object.fromEntries(others.map(({ name, unread }) => [name, unread]))).toEqual(
      row.unread,
    );
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(["not-reached"]));
    expect(outcome.ok).toBe(true);
  });

  it.each([
    ["IdentityProviderUnreachable", "imds"],
    ["ResourceManagerUnreachable", "timeout"],
  ] as const)("waits for Resource Manager once if there is no answer: %s %s", async (...names) => {
    const [code, reason] = names;
    let waits = 0;
    const silence = () => {
      waits += 1;
      return Promise.resolve({ ok: false, failure: { code, reason } } as const);
    };
    Object.assign(world.vaults.resources, { vault: silence, storageAccountLocation: silence });
    const { checks, outcome } = await validate();
    expect(outcome).toMatchObject({ ok: false, failure: { code, reason } });
    expect(checks.find(({ status }) => status === "failed")?.name).toBe("vault-region");
    expect(waits).toBe(1);
  });

  it("changes nothing", async () => {
    await validate();
    expect(await store.selectFrom("audit").selectAll().execute()).toEqual([]);
  });
});
