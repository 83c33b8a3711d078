import {
  constants,
  createHash,
  createPublicKey,
  type JsonWebKey,
  randomBytes,
  verify,
} from "node:crypto";

import { KeyVaultManagementClient } from "@azure/arm-keyvault";
import { CryptographyClient, type KeyVaultKey } from "@azure/keyvault-keys";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startWorld, type World } from "./world.ts";

let world: World;
let vaultUrl: string;

beforeAll(async () => {
  world = await startWorld();
  vaultUrl = await world.createVault("contoso");
  await world.control("PATCH", "/settings", { throttling: false, visibilityDelaySeconds: 0.05 });
});
afterAll(() => world[Symbol.asyncDispose]());

const cryptography = (key: KeyVaultKey | string) =>
  new CryptographyClient(key, world.owner.credential, world.clientOptions);
const text = (part: Uint8Array | undefined): string =>
  Buffer.from(part ?? []).toString("base64url");
const toJwk = ({ key }: KeyVaultKey): JsonWebKey => {
  return { kty: "RSA", n: text(key?.n), e: text(key?.e) };
};
const POLL = { intervalInMs: 20 };

describe("the JavaScript SDK, unmodified", () => {
  test("creates a key, wraps and unwraps with it, and finds it in the lists", async () => {
    const client = world.keyClient(vaultUrl);
    const key = await client.createRsaKey("first", { keySize: 2048, tags: { order: "one" } });
    expect(key.id).toMatch(new RegExp(`^${vaultUrl}/keys/first/[0-9a-f]{32}$`));
    expect(key.keyOperations).toEqual([
      "encrypt",
      "decrypt",
      "sign",
      "verify",
      "wrapKey",
      "unwrapKey",
    ]);
    expect(key.properties).toMatchObject({
      enabled: true,
      recoveryLevel: "Recoverable+Purgeable",
      recoverableDays: 90,
      exportable: false,
      tags: { order: "one" },
      hsmPlatform: "0",
    });

    const cek = randomBytes(32);
    const wrapped = await cryptography(key).wrapKey("RSA-OAEP-256", cek);
    expect(wrapped.keyID).toBe(key.id);
    const unwrapped = await cryptography(key).unwrapKey("RSA-OAEP-256", wrapped.result);
    expect(Buffer.from(unwrapped.result)).toEqual(cek);

    const names: string[] = [];
    for await (const properties of client.listPropertiesOfKeys()) names.push(properties.name);
    expect(names).toContain("first");
  });

  test("rotates: the old version unwraps what it wrapped, the versionless key does not", async () => {
    const client = world.keyClient(vaultUrl);
    const before = await client.createRsaKey("rotating");
    const { result } = await cryptography(before).wrapKey("RSA-OAEP-256", Buffer.from("secret"));
    const after = await client.rotateKey("rotating");
    expect(after.properties.version).not.toBe(before.properties.version);
    expect(
      Buffer.from((await cryptography(before).unwrapKey("RSA-OAEP-256", result)).result).toString(),
    ).toBe("secret");
    await expect(
      cryptography(`${vaultUrl}/keys/rotating`).unwrapKey("RSA-OAEP-256", result),
    ).rejects.toMatchObject({
      statusCode: 400,
      code: "BadParameter",
      message: "Error occurred while decoding OAEP padding.",
    });
    const versions: (string | undefined)[] = [];
    for await (const properties of client.listPropertiesOfKeyVersions("rotating"))
      versions.push(properties.version);
    // By their ids, which are random, and not by their age.
    const [first = "", second = ""] = [before, after].map(({ properties }) => properties.version);
    expect(versions).toEqual(first < second ? [first, second] : [second, first]);
  });

  test("refuses to unwrap with a disabled key, and unwraps again once it is enabled", async () => {
    const client = world.keyClient(vaultUrl);
    const key = await client.createRsaKey("switched");
    const { result } = await cryptography(key).wrapKey("RSA-OAEP-256", Buffer.from("secret"));
    await client.updateKeyProperties("switched", { enabled: false });
    await expect(cryptography(key).unwrapKey("RSA-OAEP-256", result)).rejects.toMatchObject({
      statusCode: 403,
      code: "Forbidden",
      message: "Operation unwrapKey is not allowed on a disabled key.",
      details: { error: { innerError: { code: "KeyDisabled" } } },
    });
    await client.updateKeyProperties("switched", { enabled: true });
    expect(
      Buffer.from((await cryptography(key).unwrapKey("RSA-OAEP-256", result)).result).toString(),
    ).toBe("secret");
  });

  test("deletes, sees the name reserved, recovers with all versions, deletes and purges, by its own pollers", async () => {
    const client = world.keyClient(vaultUrl);
    const key = await client.createRsaKey("mortal");
    await client.createRsaKey("mortal");
    const { result } = await cryptography(key).wrapKey("RSA-OAEP-256", Buffer.from("secret"));
    const deletion = await client.beginDeleteKey("mortal", POLL);
    const deleted = await deletion.pollUntilDone();
    expect(deleted.properties.recoveryId).toBe(`${vaultUrl}/deletedkeys/mortal`);
    expect(
      Number(deleted.properties.scheduledPurgeDate) - Number(deleted.properties.deletedOn),
    ).toBe(90 * 86_400_000);
    await expect(client.getKey("mortal")).rejects.toMatchObject({
      statusCode: 404,
      code: "KeyNotFound",
    });
    await expect(client.createRsaKey("mortal")).rejects.toMatchObject({
      statusCode: 409,
      code: "Conflict",
      details: { error: { innerError: { code: "ObjectIsDeletedButRecoverable" } } },
    });
    const names: string[] = [];
    for await (const each of client.listDeletedKeys()) names.push(each.name);
    expect(names).toContain("mortal");
    const recovery = await client.beginRecoverDeletedKey("mortal", POLL);
    await recovery.pollUntilDone();
    expect(
      Buffer.from((await cryptography(key).unwrapKey("RSA-OAEP-256", result)).result).toString(),
    ).toBe("secret");
    await (await client.beginDeleteKey("mortal", POLL)).pollUntilDone();
    await client.purgeDeletedKey("mortal");
    await expect(client.getDeletedKey("mortal")).rejects.toMatchObject({
      statusCode: 404,
      message: "Deleted Key not found: mortal",
    });
    await client.createRsaKey("mortal");
  });

  test("backs a key up and restores it into another vault, version ids kept", async () => {
    const client = world.keyClient(vaultUrl);
    const key = await client.createRsaKey("saved");
    const { result } = await cryptography(key).wrapKey("RSA-OAEP-256", Buffer.from("secret"));
    const backup = (await client.backupKey("saved")) ?? new Uint8Array();
    await expect(client.restoreKeyBackup(backup)).rejects.toMatchObject({
      statusCode: 409,
      code: "Conflict",
      message: expect.stringContaining(
        `There was a conflict restoring the key '${key.id}'. This can happen if either:`,
      ),
    });
    const otherUrl = await world.createVault("fabrikam");
    const restored = await world.keyClient(otherUrl).restoreKeyBackup(backup);
    expect(restored.id).toBe(`${otherUrl}/keys/saved/${key.properties.version}`);
    expect(
      Buffer.from(
        (await cryptography(restored).unwrapKey("RSA-OAEP-256", result)).result,
      ).toString(),
    ).toBe("secret");
    await expect(client.restoreKeyBackup(Buffer.from("nonsense"))).rejects.toMatchObject({
      statusCode: 400,
      code: "Malformed backup blob",
      message: "Backup blob is corrupt.",
    });
  });

  test("cannot restore into a vault of another subscription", async () => {
    const client = world.keyClient(vaultUrl);
    await client.createRsaKey("homebound");
    const backup = (await client.backupKey("homebound")) ?? new Uint8Array();
    const subscriptionId = "2b2c3d4e-5555-4666-8777-888899990000";
    await world.control("PUT", `/subscriptions/${subscriptionId}`, { displayName: "second" });
    const { armUrl, tenantId } = world.emulator;
    const { token } = await world.owner.credential.getToken(`${armUrl}/.default`);
    await world.send(
      `${armUrl}/subscriptions/${subscriptionId}/resourceGroups/elsewhere?api-version=2021-04-01`,
      {
        method: "PUT",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: { location: "westus" },
      },
    );
    const arm = new KeyVaultManagementClient(world.owner.credential, subscriptionId, {
      endpoint: armUrl,
      ...world.clientOptions,
    });
    const accessPolicies = [
      { tenantId, objectId: world.owner.objectId, permissions: { keys: ["restore"] } },
    ];
    await arm.vaults.createOrUpdate("elsewhere", "abroad", {
      location: "westus",
      properties: {
        tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: false,
        accessPolicies,
      },
    });
    await expect(
      world.keyClient(`https://abroad.${world.emulator.vaultSuffix}`).restoreKeyBackup(backup),
    ).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringMatching(/another subscription/u),
    });
  });

  test("reads and sets a rotation policy", async () => {
    const client = world.keyClient(vaultUrl);
    await client.createRsaKey("policed");
    const none = await client.getKeyRotationPolicy("policed");
    expect(none.id).toBeUndefined();
    expect(none.lifetimeActions).toEqual([
      { action: "Notify", timeBeforeExpiry: "P30D", timeAfterCreate: undefined },
    ]);
    const set = await client.updateKeyRotationPolicy("policed", {
      expiresIn: "P2Y",
      lifetimeActions: [{ action: "Rotate", timeAfterCreate: "P18M" }],
    });
    expect(set).toMatchObject({
      id: `${vaultUrl}/keys/policed/rotationpolicy`,
      expiresIn: "P2Y",
      // The service keeps notifying, as it did without a policy.
      lifetimeActions: [
        { action: "Rotate", timeAfterCreate: "P18M" },
        { action: "Notify", timeBeforeExpiry: "P30D" },
      ],
    });
  });

  const SIGNATURES = [
    ["RS256", "sha256"],
    ["RS384", "sha384"],
    ["RS512", "sha512"],
    ["PS256", "sha256"],
    ["PS384", "sha384"],
    ["PS512", "sha512"],
  ] as const;
  test("signs digests with RSA, which OpenSSL verifies", async () => {
    const key = await world.keyClient(vaultUrl).createRsaKey("signer");
    for (const [algorithm, hash] of SIGNATURES) {
      const digest = createHash(hash).update("message").digest();
      const { result } = await cryptography(key).sign(algorithm, digest);
      expect((await cryptography(key.id ?? "").verify(algorithm, digest, result)).result).toBe(
        true,
      );
      const publicKey = createPublicKey({ key: toJwk(key), format: "jwk" });
      const padding = algorithm.startsWith("PS")
        ? constants.RSA_PKCS1_PSS_PADDING
        : constants.RSA_PKCS1_PADDING;
      expect(
        verify(
          hash,
          Buffer.from("message"),
          { key: publicKey, padding, saltLength: digest.length },
          result,
        ),
      ).toBe(true);
      expect(
        (
          await cryptography(key.id ?? "").verify(
            algorithm,
            createHash(hash).update("other").digest(),
            result,
          )
        ).result,
      ).toBe(false);
    }
  });

  const CURVES = [
    ["P-256", "ES256", "sha256"],
    ["P-256K", "ES256K", "sha256"],
    ["P-384", "ES384", "sha384"],
    ["P-521", "ES512", "sha512"],
  ] as const;
  test.each(CURVES)("signs digests with a key on %s by %s", async (curve, algorithm, hash) => {
    const key = await world.keyClient(vaultUrl).createEcKey(`ec-${curve}`, { curve });
    const digest = createHash(hash).update("message").digest();
    const { result } = await cryptography(key).sign(algorithm, digest);
    expect((await cryptography(key).verify(algorithm, digest, result)).result).toBe(true);
    await expect(cryptography(key).wrapKey("RSA-OAEP-256", digest)).rejects.toThrow(
      /not supported|not permitted/u,
    );
  });
});
