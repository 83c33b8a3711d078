import type { KeyVaultKey } from "@azure/keyvault-keys";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";

import type { Credentials } from "./credentials.ts";
import { createKeyVaults, parseVaultKey } from "./key-vaults.ts";
import type { CallVault } from "./vault-calls.ts";
import type { VaultClients } from "./vault-clients.ts";

const VERSION = "0123456789abcdef0123456789abcdef";
const ASKED = { vaultUrl: "https://kv.vault.azure.net", vaultName: "kv", keyName: "kek" };
const ID = `${ASKED.vaultUrl}/keys/kek/${VERSION}`;

function answer(overrides: Partial<KeyVaultKey> = {}): KeyVaultKey {
  return {
    id: ID,
    name: "kek",
    keyType: "RSA",
    keyOperations: ["wrapKey", "unwrapKey"],
    key: { n: Uint8Array.of(0, 0x80, ...new Uint8Array(255)) },
    properties: { vaultUrl: ASKED.vaultUrl, name: "kek", enabled: true },
    ...overrides,
  };
}

test("an operation counts by the key that its last Get found", async () => {
  const weights: (number | undefined)[] = [];
  const large = answer({ keyType: "RSA-HSM", key: { n: new Uint8Array(384).fill(0x80) } });
  const vaults = createKeyVaults({
    callVault: ((_identity, _vaultUrl, _call, weight) => {
      weights.push(weight);
      return Promise.resolve({ ok: true, value: { value: large } });
    }) as CallVault,
    clients: {} as VaultClients,
    credentials: {} as Credentials,
    vaultScope: "https://vault.azure.net/.default",
  });
  const broker = { kind: "broker" } as const;
  await vaults.getKey(broker, ASKED);
  await vaults.getKey(broker, { ...ASKED, version: VERSION });
  await vaults.unwrapKey(broker, ID, new Uint8Array(384));
  await vaults.wrapKey(broker, ID.replace("/kek/", "/other/"), new Uint8Array(32));
  expect(weights).toEqual([undefined, 8, 8, undefined]);
});

describe("parseVaultKey", () => {
  it("reads a key, its size without leading zeros", () => {
    expect(parseVaultKey(answer(), ASKED, "westus")).toEqual({
      kid: ID,
      keyType: "RSA",
      keySizeBits: 2048,
      operations: ["wrapKey", "unwrapKey"],
      enabled: true,
      vaultRegion: "westus",
    });
  });

  it("spells the vault's name as we do", () => {
    const shouted = answer({ id: ID.replace("https://kv.vault", "https://KV.vault") });
    expect(parseVaultKey(shouted, ASKED, undefined)?.kid).toBe(ID);
  });

  it("treats a key without operations as one that permits none, and a key without a modulus as not an RSA key", () => {
    const bare = parseVaultKey(
      { ...answer(), key: {}, keyType: "EC", keyOperations: [] },
      ASKED,
      undefined,
    );
    expect(bare).toMatchObject({ keyType: "EC", keySizeBits: 0, operations: [] });
  });

  it("takes a key that lists no operations, or spells them in capitals, as one that permits ours", () => {
    const { keyOperations: _none, ...silent } = answer();
    const shouted = answer({ keyOperations: ["WRAPKEY", "UNWRAPKEY"] });
    for (const given of [silent, shouted])
      expect(parseVaultKey(given, ASKED, undefined)).toMatchObject({
        operations: ["wrapKey", "unwrapKey"],
      });
  });

  it.each<[string, Partial<KeyVaultKey>]>([
    ["of another vault", { id: ID.replace("kv.", "evil.") }],
    ["of another name", { id: ID.replace("/kek/", "/other/") }],
    ["without version", { id: `${ASKED.vaultUrl}/keys/kek` }],
    ["whose modulus is absurd", { key: { n: new Uint8Array(4096).fill(255) } }],
  ])("refuses a key %s", (_case, overrides) => {
    expect(parseVaultKey(answer(overrides), ASKED, undefined)).toBeUndefined();
  });

  it("refuses another version than the one asked for", () => {
    expect(
      parseVaultKey(answer(), { ...ASKED, version: "f".repeat(32) }, undefined),
    ).toBeUndefined();
    expect(parseVaultKey(answer(), { ...ASKED, version: VERSION }, undefined)?.kid).toBe(ID);
  });

  test.prop([fc.anything()])("accepts only keys", (value) => {
    expect(parseVaultKey(value as KeyVaultKey, ASKED, undefined)).toBeUndefined();
  });
});
