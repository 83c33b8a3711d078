import * as z from "zod/mini";

import { type Query, searchOf } from "../core/arm-path.ts";
import type { RotationPeriod } from "../core/new-resources.ts";
import type { Client } from "./client.ts";
import { readEveryPage } from "./read-every-page.ts";

const API_VERSION = "7.5";
const LARGEST_PAGE = "25";

const attributes = z.object({
  enabled: z.optional(z.boolean()),
  exp: z.optional(z.number()),
  nbf: z.optional(z.number()),
  created: z.optional(z.number()),
});
const keyItem = z.object({ kid: z.string(), attributes });
const keyList = z.object({
  value: z.array(keyItem),
  nextLink: z.optional(z.nullable(z.string())),
});
const keyBundle = z.object({ key: z.object({ kid: z.string() }), attributes });

export type VaultKey = { readonly name: string };
export type KeyVersion = {
  readonly version: string;
  readonly isEnabled: boolean;
  /** Epoch seconds. */
  readonly createdAt?: number | undefined;
  readonly expiresAt?: number | undefined;
  readonly notBefore?: number | undefined;
};

export type NewKey = {
  readonly name: string;
  readonly sizeBits: number;
  readonly is: "key" | "version";
  /** Epoch seconds; undefined: valid at once. */
  readonly notBefore?: number | undefined;
  /** Epoch seconds; undefined: never. */
  readonly expiresAt?: number | undefined;
};

/** @param vaultUri - `https://{name}.{suffix}/` */
function keysPath(vaultUri: string, path: string, query: Query = {}): string {
  const { host } = new URL(vaultUri);
  const search = searchOf({ ...query, "api-version": API_VERSION });
  return `/portal/api/vaults/${host}/keys${path}?${search.toString()}`;
}

function readAll(client: Client, vaultUri: string, path: string, signal: AbortSignal) {
  return readEveryPage((position) => {
    const query = { maxresults: LARGEST_PAGE, $skiptoken: position };
    return client.read(keysPath(vaultUri, path, query), keyList, { signal });
  });
}

export async function readKeys(
  client: Client,
  vaultUri: string,
  signal: AbortSignal,
): Promise<readonly VaultKey[]> {
  const items = await readAll(client, vaultUri, "", signal);
  return items.map(({ kid }) => ({ name: segmentsOf(kid).name })).toSorted(byName);
}

/** Newest first, as the Azure portal lists them. */
export async function readKeyVersions(
  client: Client,
  vaultUri: string,
  key: string,
  signal: AbortSignal,
): Promise<readonly KeyVersion[]> {
  const items = await readAll(client, vaultUri, `/${encodeURIComponent(key)}/versions`, signal);
  return items.map(versionOf).toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
}

/**
 * Makes a new key, or a new version of the key of that name. Key Vault has one call for both; the
 * intended one is sent along, so that a taken name does not give another person's key a new
 * version.
 *
 * @throws {ProblemError} NameTaken
 */
export async function createKey(
  client: Client,
  vaultUri: string,
  { name, sizeBits, is, notBefore, expiresAt }: NewKey,
): Promise<KeyVersion> {
  const made = await client.read(
    keysPath(vaultUri, `/${encodeURIComponent(name)}/create`),
    keyBundle,
    {
      method: "POST",
      body: {
        kty: "RSA",
        key_size: sizeBits,
        attributes: { nbf: notBefore, exp: expiresAt },
      },
      ...(is === "key" ? { createOnly: true } : { ifMatch: "*" }),
    },
  );
  return versionOf({ kid: made.key.kid, attributes: made.attributes });
}

/**
 * Has a new key rotated by its vault. The vault's default policy is replaced, any other is kept.
 *
 * @throws {ProblemError} PreconditionFailed
 */
export async function writeRotation(
  client: Client,
  vaultUri: string,
  name: string,
  every: RotationPeriod,
): Promise<void> {
  await client.send(keysPath(vaultUri, `/${encodeURIComponent(name)}/rotationpolicy`), {
    method: "PUT",
    body: {
      lifetimeActions: [{ trigger: { timeAfterCreate: every }, action: { type: "Rotate" } }],
    },
  });
}

/** @param keyUrl - of the version */
export async function enableKeyVersion(client: Client, keyUrl: string): Promise<void> {
  const { name, version } = segmentsOf(keyUrl);
  await client.send(keysPath(keyUrl, `/${encodeURIComponent(name)}/${version}`), {
    method: "PATCH",
    body: { attributes: { enabled: true } },
  });
}

function versionOf({ kid, attributes: { enabled, created, exp, nbf } }: z.infer<typeof keyItem>) {
  return {
    version: segmentsOf(kid).version,
    isEnabled: enabled !== false,
    createdAt: created,
    expiresAt: exp,
    notBefore: nbf,
  };
}

function segmentsOf(kid: string): { name: string; version: string } {
  const [, , name = "", version = ""] = new URL(kid).pathname.split("/");
  return { name, version };
}

function byName(a: VaultKey, b: VaultKey): number {
  return a.name.localeCompare(b.name);
}
