import { cloudOfHost, type Facts, withoutUndefined } from "@databox-cmk/errors";
import { asciiLowerCase, isIdentifier, patternOf } from "@databox-cmk/protocol";

import { failed } from "./failed.ts";
import type { KeyUrl } from "./order.ts";
import type { Outcome } from "./ports.ts";

const MAX_CHARACTERS = 512;
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
/** RFC 3986 without user information, query and fragment, which a key identifier cannot have. */
const PARTS = /^https:\/\/([^/?#@\\\s]+)(\/[^?#\\\s]*)?$/i;
const KEY_PATH = new RegExp(
  `^/keys/(${patternOf("keyName")})(?:/(${patternOf("keyVersion")})?)?/?$`,
  "i",
);

/**
 * Parses a key identifier that a customer wrote:
 * `https://{vault}.{suffix}/keys/{name}[/{version}]`, trailing slash allowed. By hand, since `URL`
 * silently repairs input that must be refused (tabs, backslashes, user information, IP spellings).
 *
 * @param suffixes - hosts that may be called, such as `vault.azure.net`; with port where it is not
 * 443. This list is the whole defence against calls to a foreign host: no other address is ever
 * fetched.
 */
export function parseKeyUrl(text: string, suffixes: readonly string[]): Outcome<KeyUrl> {
  if (text.length > MAX_CHARACTERS) return invalid(`longer than ${MAX_CHARACTERS} characters`);
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return invalid("it is not an absolute URL");
  if (scheme !== "https")
    return refuse("SsemUserErrorKeyVaultUrlWithInvalidScheme", `the scheme is ${scheme}`);
  const [, authority, path] = PARTS.exec(text) ?? [];
  if (authority === undefined)
    return invalid(
      "expected https://{vault}/keys/{name}[/{version}] without user information, query and fragment",
    );
  const [, keyName, version] = KEY_PATH.exec(path ?? "") ?? [];
  if (keyName === undefined)
    return invalid(
      "the path is not /keys/{name} or /keys/{name}/{version of 32 hexadecimal digits}",
    );
  return locate(asciiLowerCase(authority), keyName, version?.toLowerCase(), suffixes);
}

function locate(
  authority: string,
  keyName: string,
  version: string | undefined,
  suffixes: readonly string[],
): Outcome<KeyUrl> {
  const host = authority.endsWith(":443") ? authority.slice(0, -":443".length) : authority;
  for (const suffix of suffixes) {
    if (!host.endsWith(`.${suffix}`)) continue;
    const vaultName = host.slice(0, -suffix.length - 1);
    if (!isIdentifier("vaultName", vaultName)) break;
    const vaultUrl = `https://${host}`;
    return {
      ok: true,
      value: { vaultUrl, vaultName, keyName, ...(version !== undefined && { version }) },
    };
  }
  const service = cloudOfHost(host)?.service;
  const isOwnSuffix = suffixes.some((suffix) => host.endsWith(`.${suffix}`));
  const reason =
    service === "managed-hsm"
      ? "managed-hsm"
      : service === "vault" && !isOwnSuffix
        ? "other-cloud"
        : undefined;
  return refuse(
    "SsemUserErrorKeyVaultUrlInvalidHost",
    `expected a host of the form {vault}.${suffixes.join(" or {vault}.")}`,
    { reason, facts: withoutUndefined({ vaultSuffix: suffixes[0] }) },
  );
}

/** URL of one version, as it is stored, signed and used. */
export function kidOf(key: KeyUrl, version: string): string {
  return `${key.vaultUrl}/keys/${key.keyName}/${version}`;
}

/**
 * A key without its version, in one spelling: polling uses it, and it groups the orders that share
 * a key.
 */
export function keyAddressOf(key: Omit<KeyUrl, "version">): string {
  return asciiLowerCase(`${key.vaultUrl}/keys/${key.keyName}`);
}

const TARGET = "properties.details.keyEncryptionKey.kekUrl";

function refuse(
  code:
    | "SsemUserErrorKeyVaultUrlWithInvalidScheme"
    | "SsemUserErrorKeyVaultUrlInvalidHost"
    | "SsemUserErrorInvalidKeyVaultUrl",
  detail: string,
  more: { readonly reason?: string | undefined; readonly facts?: Facts } = {},
): Outcome<never> {
  return failed({ code, target: TARGET, detail: `kekUrl: ${detail}`, ...more });
}

const invalid = (detail: string): Outcome<never> =>
  refuse("SsemUserErrorInvalidKeyVaultUrl", detail);
