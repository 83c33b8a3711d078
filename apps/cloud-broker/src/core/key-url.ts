import type { KeyUrl } from "./order.ts";
import type { Outcome } from "./ports.ts";

const MAX_CHARACTERS = 512;
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
/** RFC 3986 without user information, query and fragment: none of them has a place in a key identifier. */
const PARTS = /^https:\/\/([^/?#@\\\s]+)(\/[^?#\\\s]*)?$/i;
const KEY_PATH = /^\/keys\/([0-9A-Za-z-]{1,127})(?:\/([0-9a-f]{32})?)?\/?$/i;
/** Key Vault's naming rule: 3 to 24 letters, digits and single hyphens. */
const VAULT_NAME = /^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/;

/**
 * Parses a key identifier that a customer wrote: `https://{vault}.{suffix}/keys/{name}[/{version}]`, trailing slash allowed.
 * By hand, since `URL` repairs what ought to be refused (tabs, backslashes, user information, IP spellings).
 *
 * @param suffixes - hosts that may be dialled, such as `vault.azure.net`; with port where it is not 443. The whole defence
 *   against being sent to a foreign host: an address is compared with this list, and never fetched otherwise.
 */
export function parseKeyUrl(text: string, suffixes: readonly string[]): Outcome<KeyUrl> {
  if (text.length > MAX_CHARACTERS) return invalid(`longer than ${MAX_CHARACTERS} characters`);
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return invalid("it is no absolute URL");
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
  return locate(authority.toLowerCase(), keyName, version?.toLowerCase(), suffixes);
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
    if (!VAULT_NAME.test(vaultName)) break;
    const vaultUrl = `https://${host}`;
    return {
      ok: true,
      value: { vaultUrl, vaultName, keyName, ...(version !== undefined && { version }) },
    };
  }
  return refuse(
    "SsemUserErrorKeyVaultUrlInvalidHost",
    `expected a host of the form {vault}.${suffixes.join(" or {vault}.")}`,
  );
}

/** Address of one version: what is stored, signed and used. */
export function kidOf(key: KeyUrl, version: string): string {
  return `${key.vaultUrl}/keys/${key.keyName}/${version}`;
}

/** A key whatever its version, in one spelling: what is polled, and what orders that share a key are found by. */
export function keyAddressOf(key: Omit<KeyUrl, "version">): string {
  return `${key.vaultUrl}/keys/${key.keyName}`.toLowerCase();
}

const TARGET = "properties.details.keyEncryptionKey.kekUrl";

function refuse(
  code:
    | "SsemUserErrorKeyVaultUrlWithInvalidScheme"
    | "SsemUserErrorKeyVaultUrlInvalidHost"
    | "SsemUserErrorInvalidKeyVaultUrl",
  detail: string,
): Outcome<never> {
  return { ok: false, failure: { code, target: TARGET, detail: `kekUrl: ${detail}` } };
}

const invalid = (detail: string): Outcome<never> =>
  refuse("SsemUserErrorInvalidKeyVaultUrl", detail);
