import { randomBytes } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { expectOk } from "../world/expect-ok.ts";
import type { VaultWorld } from "./vault-world.ts";

const NOW_SECONDS = Math.floor(Date.now() / 1000);
const ACCESS = "SsemUserErrorKeyVaultBadRequestException";

/**
 * The contract of the `KeyVaults` port: what custody relies on, of vaults in memory and of real
 * ones alike.
 */
export function describeKeyVaults(name: string, startWorld: () => Promise<VaultWorld>): void {
  describe(`key vaults (${name})`, () => {
    let world: VaultWorld;
    let counter = 0;

    beforeAll(async () => {
      world = await startWorld();
    });
    afterAll(() => world.close());

    /** A vault of its own for each test, with one key. */
    async function vaultWithKey(): Promise<{ vault: string; kid: string }> {
      counter += 1;
      const vault = `kv-contract-${counter}`;
      await world.addVault(vault);
      return { vault, kid: await world.addKey(vault, "kek") };
    }
    const wrap = async (kid: string, contentKey: Uint8Array) =>
      expectOk(await world.vaults.wrapKey(world.identity, kid, contentKey)).encryptedKey;

    it("shows a key, and the newest version where none is named", async () => {
      const { vault, kid } = await vaultWithKey();
      const facts = expectOk(await world.vaults.getKey(world.identity, world.keyUrl(vault, "kek")));
      expect(facts).toMatchObject({
        kid,
        keyType: "RSA",
        keySizeBits: 2048,
        enabled: true,
        vaultRegion: "westus",
      });
      expect(facts.operations).toEqual(expect.arrayContaining(["wrapKey", "unwrapKey"]));
      expect(facts.recoveryLevel).toContain("Recoverable");
      expect(facts.recoveryLevel).not.toContain("Purgeable");
      const rotated = await world.rotate(vault, "kek");
      expect(
        expectOk(await world.vaults.getKey(world.identity, world.keyUrl(vault, "kek"))).kid,
      ).toBe(rotated);
      const old = world.keyUrl(vault, "kek", kid.split("/").at(-1));
      expect(expectOk(await world.vaults.getKey(world.identity, old)).kid).toBe(kid);
    });

    it("unwraps what it wrapped, by the version that wrapped it", async () => {
      const { vault, kid } = await vaultWithKey();
      const contentKey = new Uint8Array(randomBytes(32));
      const encryptedKey = await wrap(kid, contentKey);
      expect(encryptedKey).toHaveLength(256);
      expect(
        expectOk(await world.vaults.unwrapKey(world.identity, kid, encryptedKey)).contentKey,
      ).toEqual(contentKey);
      const rotated = await world.rotate(vault, "kek");
      expect(await world.vaults.unwrapKey(world.identity, rotated, encryptedKey)).toMatchObject({
        ok: false,
        failure: { code: "KeyVersionMismatch" },
      });
    });

    it("neither wraps nor unwraps with a disabled key, and still shows it", async () => {
      const { vault, kid } = await vaultWithKey();
      const encryptedKey = await wrap(kid, randomBytes(32));
      await world.setEnabled(kid, false);
      const disabled = { ok: false, failure: { code: "SsemUserErrorEncryptionKeyDisabled" } };
      expect(await world.vaults.unwrapKey(world.identity, kid, encryptedKey)).toMatchObject(
        disabled,
      );
      expect(await world.vaults.wrapKey(world.identity, kid, randomBytes(32))).toMatchObject(
        disabled,
      );
      expect(
        expectOk(await world.vaults.getKey(world.identity, world.keyUrl(vault, "kek"))).enabled,
      ).toBe(false);
      await world.setEnabled(kid, true);
      expectOk(await world.vaults.unwrapKey(world.identity, kid, encryptedKey));
    });

    it.each([
      [
        "expired",
        (kid: string) => world.setExpiry(kid, NOW_SECONDS - 60),
        { expiresSeconds: NOW_SECONDS - 60 },
      ],
      [
        "not yet valid",
        (kid: string) => world.setNotBefore(kid, NOW_SECONDS + 3600),
        { notBeforeSeconds: NOW_SECONDS + 3600 },
      ],
    ])(
      "unwraps with a key that is %s: that decision is the broker's",
      async (_case, set, facts) => {
        const { vault, kid } = await vaultWithKey();
        const contentKey = new Uint8Array(randomBytes(32));
        const encryptedKey = await wrap(kid, contentKey);
        await set(kid);
        expect(
          expectOk(await world.vaults.unwrapKey(world.identity, kid, encryptedKey)).contentKey,
        ).toEqual(contentKey);
        expect(await world.vaults.wrapKey(world.identity, kid, contentKey)).toMatchObject({
          ok: false,
        });
        expect(
          expectOk(await world.vaults.getKey(world.identity, world.keyUrl(vault, "kek"))),
        ).toMatchObject(facts);
      },
    );

    it("refuses an operation that the key does not permit", async () => {
      const { kid } = await vaultWithKey();
      const encryptedKey = await wrap(kid, randomBytes(32));
      await world.setOperations(kid, ["wrapKey"]);
      expect(await world.vaults.unwrapKey(world.identity, kid, encryptedKey)).toMatchObject({
        ok: false,
        failure: { code: ACCESS, reason: "key-operation" },
      });
    });

    it.each([
      ["get", ["wrapKey", "unwrapKey"]],
      ["wrapKey", ["get", "unwrapKey"]],
      ["unwrapKey", ["get", "wrapKey"]],
    ] as const)(
      "refuses by access policy what lacks the permission %s, and nothing else",
      async (missing, granted) => {
        const { vault, kid } = await vaultWithKey();
        const encryptedKey = await wrap(kid, randomBytes(32));
        await world.grant(vault, granted);
        const results = {
          get: await world.vaults.getKey(world.identity, world.keyUrl(vault, "kek")),
          wrapKey: await world.vaults.wrapKey(world.identity, kid, randomBytes(32)),
          unwrapKey: await world.vaults.unwrapKey(world.identity, kid, encryptedKey),
        };
        const refused = { ok: false, failure: { code: ACCESS, reason: "access-policy" } };
        const granting = { get: { ok: true }, wrapKey: { ok: true }, unwrapKey: { ok: true } };
        expect(results).toMatchObject({ ...granting, [missing]: refused });
      },
    );

    it("tells a deleted key from one that never was", async () => {
      const { vault } = await vaultWithKey();
      const missing = {
        ok: false,
        failure: { code: "SsemUserErrorKeyDetailsNotFound", reason: "key-not-found" },
      };
      const never = world.keyUrl(vault, "never");
      expect(await world.vaults.getKey(world.identity, never)).toMatchObject(missing);
      expect(await world.vaults.getDeletedKey(world.identity, never)).toEqual({
        ok: true,
        value: undefined,
      });
      const unknownVersion = world.keyUrl(vault, "kek", "0".repeat(32));
      expect(await world.vaults.getKey(world.identity, unknownVersion)).toMatchObject(missing);
      await world.deleteKey(vault, "kek");
      const deleted = world.keyUrl(vault, "kek");
      expect(await world.vaults.getKey(world.identity, deleted)).toMatchObject(missing);
      const { scheduledPurgeSeconds } =
        expectOk(await world.vaults.getDeletedKey(world.identity, deleted)) ?? {};
      expect(scheduledPurgeSeconds).toBeGreaterThan(NOW_SECONDS);
    });

    it("gets no answer with authority from a deleted vault, whose name stays for its retention", async () => {
      const { vault, kid } = await vaultWithKey();
      await world.deleteVault(vault);
      const unreachable = {
        ok: false,
        failure: { code: "KeyVaultUnreachable" },
      };
      expect(await world.vaults.getKey(world.identity, world.keyUrl(vault, "kek"))).toMatchObject(
        unreachable,
      );
      expect(await world.vaults.wrapKey(world.identity, kid, randomBytes(32))).toMatchObject(
        unreachable,
      );
    });

    it("does not find a vault that never existed, and does not count that as a refusal", async () => {
      const unknown = {
        ok: false,
        failure: { code: "KeyVaultUnreachable", reason: "dns", vaultNameUnknown: true },
      };
      const never = world.keyUrl("kv-never-made", "kek");
      expect(await world.vaults.getKey(world.identity, never)).toMatchObject(unknown);
    });

    it("notices at the next sign-in that the identity was removed", async () => {
      expectOk(await world.vaults.signIn(world.identity));
      await world.removeIdentity();
      expect(await world.vaults.signIn(world.identity)).toMatchObject({
        ok: false,
        failure: { code: "SsemUserErrorSystemAssignedIdentityAbsent", reason: "identity-deleted" },
      });
    });
  });
}
