import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";

import { kidOf, parseKeyUrl } from "./key-url.ts";

const PUBLIC = ["vault.azure.net"];
const LOCAL = ["vault.localhost:8443"];
const VERSION = "0123456789abcdef0123456789abcdef";

describe("parseKeyUrl", () => {
  it.each([
    ["versionless", "https://kv-one.vault.azure.net/keys/kek", PUBLIC, undefined],
    [
      "versionless with a trailing slash",
      "https://kv-one.vault.azure.net/keys/kek/",
      PUBLIC,
      undefined,
    ],
    ["versioned", `https://kv-one.vault.azure.net/keys/kek/${VERSION}`, PUBLIC, VERSION],
    [
      "versioned with a trailing slash",
      `https://kv-one.vault.azure.net/keys/kek/${VERSION}/`,
      PUBLIC,
      VERSION,
    ],
    [
      "with the default port",
      `https://kv-one.vault.azure.net:443/keys/kek/${VERSION}`,
      PUBLIC,
      VERSION,
    ],
    [
      "in capital letters",
      `HTTPS://KV-ONE.VAULT.AZURE.NET/keys/kek/${VERSION.toUpperCase()}`,
      PUBLIC,
      VERSION,
    ],
  ])("takes a URL %s", (_case, text, suffixes, version) => {
    expect(parseKeyUrl(text, suffixes)).toEqual({
      ok: true,
      value: {
        vaultUrl: "https://kv-one.vault.azure.net",
        vaultName: "kv-one",
        keyName: "kek",
        ...(version !== undefined && { version }),
      },
    });
  });

  it("takes the port of the local stack only where the list has it", () => {
    const text = "https://kv-one.vault.localhost:8443/keys/kek";
    expect(parseKeyUrl(text, LOCAL)).toMatchObject({
      ok: true,
      value: { vaultUrl: "https://kv-one.vault.localhost:8443" },
    });
    expect(parseKeyUrl(text, PUBLIC)).toMatchObject({ ok: false });
    expect(parseKeyUrl("https://kv-one.vault.localhost/keys/kek", LOCAL)).toMatchObject({
      ok: false,
    });
  });

  it.each([
    ["http://kv-one.vault.azure.net/keys/kek", "SsemUserErrorKeyVaultUrlWithInvalidScheme"],
    ["ftp:whatever", "SsemUserErrorKeyVaultUrlWithInvalidScheme"],
    ["javascript:alert(1)", "SsemUserErrorKeyVaultUrlWithInvalidScheme"],
    ["", "SsemUserErrorInvalidKeyVaultUrl"],
    ["kv-one.vault.azure.net/keys/kek", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https:/kv-one.vault.azure.net/keys/kek", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://kv-one.vault.azure.net", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://kv-one.vault.azure.net/secrets/kek", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://kv-one.vault.azure.net/keys/", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://kv-one.vault.azure.net/keys/kek/../other", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://kv-one.vault.azure.net/keys/kek/v1", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://kv-one.vault.azure.net/keys/k%65k", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://kv-one.vault.azure.net/keys/kek?x=1", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://kv-one.vault.azure.net/keys/kek#x", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://user@kv-one.vault.azure.net/keys/kek", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://evil.example\\.vault.azure.net/keys/kek", "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://kv-one.vault.\tazure.net/keys/kek", "SsemUserErrorInvalidKeyVaultUrl"],
    [`https://kv-one.vault.azure.net/keys/${"k".repeat(600)}`, "SsemUserErrorInvalidKeyVaultUrl"],
    ["https://kv-one.vault.azure.net.evil.example/keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
    ["https://evil.example/keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
    ["https://evilvault.azure.net/keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
    ["https://a.b.vault.azure.net/keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
    ["https://.vault.azure.net/keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
    ["https://vault.azure.net/keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
    ["https://kv--one.vault.azure.net/keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
    ["https://kv-one.vault.azure.net:444/keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
    ["https://kv-one.vault.azure.net./keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
    ["https://127.0.0.1/keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
    ["https://[::1]/keys/kek", "SsemUserErrorKeyVaultUrlInvalidHost"],
  ])("refuses %j by %s", (text, code) => {
    expect(parseKeyUrl(text, PUBLIC)).toMatchObject({ ok: false, failure: { code } });
  });

  it.each([
    ["https://kv-one.managedhsm.azure.net/keys/kek", "managed-hsm"],
    ["https://KV-ONE.managedhsm.usgovcloudapi.net/keys/kek", "managed-hsm"],
    ["https://kv-one.managedhsm.azure.cn:443/keys/kek", "managed-hsm"],
    ["https://kv-one.vault.usgovcloudapi.net/keys/kek", "other-cloud"],
    ["https://kv-one.vault.azure.cn/keys/kek", "other-cloud"],
    ["https://kv--one.vault.azure.net/keys/kek", undefined],
    ["https://kv-one.example/keys/kek", undefined],
  ])(
    "gives the reason why the host of %s is refused, and the suffix of a vault",
    (text, reason) => {
      expect(parseKeyUrl(text, PUBLIC)).toMatchObject({
        ok: false,
        failure: {
          code: "SsemUserErrorKeyVaultUrlInvalidHost",
          reason,
          facts: { vaultSuffix: "vault.azure.net" },
        },
      });
    },
  );

  const authorities = fc.oneof(
    fc.webAuthority({ withIPv4: true, withIPv6: true, withPort: true, withUserInfo: true }),
    fc
      .tuple(
        fc.string({ maxLength: 12 }),
        fc.constantFrom(".vault.azure.net", "vault.azure.net", "@vault.azure.net"),
      )
      .map((parts) => parts.join("")),
  );
  const texts = fc.oneof(
    fc.string(),
    fc
      .tuple(
        fc.constantFrom("https://", "https:", "HTTPS://", "https:\\\\"),
        authorities,
        fc.constantFrom("/keys/kek", `/keys/kek/${VERSION}`, "/keys/../kek", ""),
      )
      .map((parts) => parts.join("")),
  );

  test.prop([texts])(
    // Evidence: A URL for the broker to call.
    // Evidence: A token for a host that the vault's answer names.
    "every accepted URL has a host below the list, as a browser would read it too",
    (text) => {
      const parsed = parseKeyUrl(text, PUBLIC);
      if (!parsed.ok) return;
      const url = new URL(text);
      expect(url.hostname).toBe(`${parsed.value.vaultName}.vault.azure.net`);
      expect([url.protocol, url.username, url.password, url.port, url.search, url.hash]).toEqual([
        "https:",
        "",
        "",
        "",
        "",
        "",
      ]);
      expect(parsed.value.vaultUrl).toBe(url.origin);
    },
  );

  const names = fc.stringMatching(/^[a-z][a-z0-9]{1,10}[a-z0-9]$/);
  const versions = fc.stringMatching(/^[0-9a-f]{32}$/);
  test.prop([names, names, versions])(
    "the address of a version parses back to its parts",
    (vaultName, keyName, version) => {
      const key = { vaultUrl: `https://${vaultName}.vault.azure.net`, vaultName, keyName };
      expect(parseKeyUrl(kidOf(key, version), PUBLIC)).toEqual({
        ok: true,
        value: { ...key, version },
      });
    },
  );
});
