import { asciiLowerCase, isSameIdentifier } from "@databox-cmk/protocol";
import * as z from "zod";

import { failed } from "../core/failed.ts";
import { isFresh } from "../core/is-fresh.ts";
import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { ResourceReader, Clock, Outcome } from "../core/ports.ts";
import { unexpectedResource, type ResourceManagerGet } from "./resource-manager-get.ts";

const STORAGE_API_VERSION = "2023-05-01";
const VAULT_API_VERSION = "2026-02-01";
const VAULT_ID =
  /^\/subscriptions\/[\w-]+\/resourceGroups\/[\p{L}\p{N}_().-]*[\p{L}\p{N}_()-]\/providers\/Microsoft\.KeyVault\/vaults\/[\w-]+$/iu;
const STORAGE_ID =
  /^\/subscriptions\/[\w-]+\/resourceGroups\/[\p{L}\p{N}_().-]*[\p{L}\p{N}_()-]\/providers\/Microsoft\.(?:Classic)?Storage\/storageAccounts\/[\w-]+$/iu;

const VAULT = z.object({
  location: z.string().min(1),
  properties: z.object({
    tenantId: z.string().min(1),
    vaultUri: z.string().min(1),
    enableRbacAuthorization: z.boolean().optional(),
    enableSoftDelete: z.boolean().optional(),
    enablePurgeProtection: z.boolean().optional(),
  }),
});
const DELETED_VAULT = z.object({
  properties: z.object({ scheduledPurgeDate: z.string().pipe(z.coerce.date()) }),
});
const STORAGE_ACCOUNT = z.object({ location: z.string().min(1) });

/** It has rights in the broker's own tenant alone, so its calls name no tenant. */
export type OwnReader = {
  readonly [Name in keyof ResourceReader]: ResourceReader[Name] extends (
    ...args: [...infer Args extends string[], string]
  ) => infer Value
    ? (...args: Args) => Value
    : never;
};

/**
 * Reads the resources that customers allow the broker's own identity to read; it has the Reader
 * role where they assigned it.
 */
export function createResourceReader(get: ResourceManagerGet): OwnReader {
  return {
    async vault(resourceId) {
      if (!VAULT_ID.test(resourceId)) return { ok: true, value: "absent" };
      const answer = await get(`${encodeURI(resourceId)}?api-version=${VAULT_API_VERSION}`);
      if (answer.kind === "failed") return failed(answer.failure);
      if (answer.kind !== "found") return { ok: true, value: answer.kind };
      const vault = VAULT.safeParse(answer.value);
      if (!vault.success) return unexpectedResource("key vault");
      const { location, properties } = vault.data;
      return {
        ok: true,
        value: {
          tenantId: properties.tenantId,
          location,
          vaultUrl: properties.vaultUri.replace(/\/$/, ""),
          rbac: properties.enableRbacAuthorization === true,
          softDelete: properties.enableSoftDelete !== false,
          purgeProtection: properties.enablePurgeProtection === true,
        },
      };
    },

    async deletedVault(subscriptionId, location, name) {
      const deletedVaults = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults`;
      const answer = await get(
        `${encodeURI(`${deletedVaults}/${name}`)}?api-version=${VAULT_API_VERSION}`,
      );
      if (answer.kind === "failed") return failed(answer.failure);
      if (answer.kind !== "found") return { ok: true, value: undefined };
      const vault = DELETED_VAULT.safeParse(answer.value);
      if (!vault.success) return unexpectedResource("deleted key vault");
      return {
        ok: true,
        value: { scheduledPurgeDate: vault.data.properties.scheduledPurgeDate.toISOString() },
      };
    },

    async storageAccountLocation(resourceId) {
      if (!STORAGE_ID.test(resourceId)) return { ok: true, value: undefined };
      const answer = await get(`${encodeURI(resourceId)}?api-version=${STORAGE_API_VERSION}`);
      if (answer.kind === "failed") return failed(answer.failure);
      if (answer.kind !== "found") return { ok: true, value: undefined };
      const account = STORAGE_ACCOUNT.safeParse(answer.value);
      return account.success
        ? { ok: true, value: account.data.location }
        : unexpectedResource("storage account");
    },
  };
}

/**
 * For orders of another tenant than the broker's nothing is read: the broker's own rights must not
 * answer what a customer asks about another's resources.
 */
export function readWithin(home: string, reader: ResourceReader): ResourceReader {
  const or =
    <Args extends readonly string[], Value>(
      read: (...args: Args) => Promise<Outcome<Value>>,
      unread: Value,
    ) =>
    (...args: Args): Promise<Outcome<Value>> =>
      isSameIdentifier(args.at(-1) ?? "", home)
        ? read(...args)
        : Promise.resolve({ ok: true, value: unread });
  return {
    vault: or((...vault) => reader.vault(...vault), "hidden"),
    deletedVault: or((...vault) => reader.deletedVault(...vault), undefined),
    storageAccountLocation: or(
      (...account) => reader.storageAccountLocation(...account),
      undefined,
    ),
  };
}

const MAX_AGE_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/**
 * Caches Resource Manager's answers for a minute: a campaign reads one vault for each of its
 * orders, and Resource Manager allows a few hundred reads a minute. Failures are not cached.
 */
export function rememberResources(reader: ResourceReader, now: Clock): ResourceReader {
  function remember<Value>(
    read: (id: string, tenantId: string) => Promise<Outcome<Value>>,
  ): (id: string, tenantId: string) => Promise<Outcome<Value>> {
    const known = new LeastRecentlyUsed<string, { atMs: number; answer: Promise<Outcome<Value>> }>(
      MAX_REMEMBERED,
    );
    return (id, tenantId) => {
      const key = `${tenantId} ${asciiLowerCase(id)}`;
      const found = known.get(key);
      if (found !== undefined && isFresh(now(), found.atMs, MAX_AGE_MS)) return found.answer;
      const answer = read(id, tenantId).then((outcome) => {
        if (!outcome.ok) known.delete(key);
        return outcome;
      });
      known.set(key, { atMs: now(), answer });
      return answer;
    };
  }
  return {
    vault: remember((id, tenantId) => reader.vault(id, tenantId)),
    storageAccountLocation: remember((id, tenantId) => reader.storageAccountLocation(id, tenantId)),
    deletedVault: (...vault) => reader.deletedVault(...vault),
  };
}
