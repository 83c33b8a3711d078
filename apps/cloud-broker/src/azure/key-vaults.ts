import type { DeletedKey, KeyVaultKey } from "@azure/keyvault-keys";
import { joinSecrets, zero } from "@databox-cmk/crypto";
import { isSameIdentifier } from "@databox-cmk/protocol";
import * as z from "zod";

import { failed } from "../core/failed.ts";
import { kidOf } from "../core/key-url.ts";
import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { KeyIdentity, KeyUrl } from "../core/order.ts";
import type { KeyVaults, Outcome, DeletedKeyFacts, KeyFacts } from "../core/ports.ts";
import { operationWeight } from "../core/vault-capacity.ts";
import { suspendSlot } from "../load/admission.ts";
import type { Credentials } from "./credentials.ts";
import type { CallVault, SdkCall } from "./vault-calls.ts";
import type { VaultClients } from "./vault-clients.ts";

// The only algorithm that the SDK leaves to the vault; it does the others with a cached public key.
const ALGORITHM = "RSA-OAEP-256";
const WRAPPED_BYTES = new Set([256, 384, 512]);
const CONTENT_KEY_BYTES = 32;
const REMEMBERED_KEYS = 10_000;

/** The `KeyVaults` port on @azure/keyvault-keys. */
export function createKeyVaults(deps: {
  readonly callVault: CallVault;
  readonly clients: VaultClients;
  readonly credentials: Credentials;
  /** Such as https://vault.azure.net/.default */
  readonly vaultScope: string;
}): KeyVaults {
  /** Without version: the versions of one key are alike, or the next Get corrects it. */
  const weights = new LeastRecentlyUsed<string, number>(REMEMBERED_KEYS);
  const callWith = <Value>(identity: KeyIdentity, kid: string, call: SdkCall<Value>) =>
    deps.callVault(identity, new URL(kid).origin, call, weights.get(nameOf(kid)));

  return {
    signIn: (identity) =>
      suspendSlot("vault", () => deps.credentials.signIn(identity, deps.vaultScope)),

    async getKey(identity, key) {
      const { version } = key;
      const called = await callWith(identity, kidOf(key, ""), (options) =>
        deps.clients
          .keys(identity, key.vaultUrl)
          .getKey(key.keyName, { ...options, ...(version !== undefined && { version }) }),
      );
      if (!called.ok) return called;
      const { vaultRegion, vaultRequestId } = called.value;
      const facts = parseVaultKey(called.value.value, key, vaultRegion);
      if (facts === undefined)
        return unexpected("the answer is not the key that was asked for", called.value);
      weights.set(nameOf(facts.kid), operationWeight(facts));
      return { ok: true, value: { ...facts, vaultRequestId } };
    },

    async getDeletedKey(identity, key) {
      const called = await deps.callVault(identity, key.vaultUrl, (options) =>
        deps.clients.keys(identity, key.vaultUrl).getDeletedKey(key.keyName, options),
      );
      if (!called.ok)
        return called.failure.code === "SsemUserErrorKeyDetailsNotFound"
          ? { ok: true, value: undefined }
          : called;
      const deleted = parseDeletedKey(called.value.value, key);
      return deleted === undefined
        ? unexpected("the answer is not the deleted key that was asked for", called.value)
        : { ok: true, value: deleted };
    },

    async wrapKey(identity, kid, contentKey) {
      const called = await callWith(identity, kid, (options) =>
        deps.clients.cryptography(identity, kid).wrapKey(ALGORITHM, contentKey, options),
      );
      if (!called.ok) return called;
      const { value, vaultRequestId } = called.value;
      const encryptedKey = bytesOf(value.result);
      return encryptedKey !== undefined && WRAPPED_BYTES.has(encryptedKey.byteLength)
        ? { ok: true, value: { encryptedKey, vaultRequestId } }
        : unexpected("the wrapped key does not have the size of an RSA modulus", called.value);
    },

    async unwrapKey(identity, kid, encryptedKey) {
      const called = await callWith(identity, kid, (options) =>
        deps.clients.cryptography(identity, kid).unwrapKey(ALGORITHM, encryptedKey, options),
      );
      if (!called.ok) return called;
      const { value, vaultRequestId } = called.value;
      const contentKey = bytesOf(value.result);
      if (contentKey?.byteLength === CONTENT_KEY_BYTES)
        return { ok: true, value: { contentKey, vaultRequestId } };
      zero(contentKey);
      return unexpected("the unwrapped key is not 32 bytes long", called.value, "content-key-size");
    },
  };
}

const nameOf = (kid: string): string => kid.slice(0, kid.lastIndexOf("/")).toLowerCase();

/** A copy in memory that can be zeroed: the SDK's bytes are part of a pool. */
function bytesOf(result: unknown): Uint8Array | undefined {
  if (!(result instanceof Uint8Array)) return undefined;
  const bytes = joinSecrets(result);
  result.fill(0);
  return bytes;
}

function unexpected(
  detail: string,
  { vaultRequestId }: { readonly vaultRequestId?: string | undefined },
  reason?: string,
): Outcome<never> {
  return failed({ code: "KeyVaultUnexpectedAnswer", reason, detail, vaultRequestId });
}

const MAX_MODULUS_BYTES = 2048;
const KID = /^(https:\/\/[^/]+)\/keys\/([0-9A-Za-z-]{1,127})\/([0-9a-f]{32})$/;

const KEY = z.object({
  id: z.string().regex(KID),
  keyType: z.string().regex(/^[A-Za-z0-9-]{1,32}$/),
  keyOperations: z.array(z.string().max(32)).max(32).optional(),
  key: z.object({ n: z.instanceof(Uint8Array).optional() }),
  properties: z.object({
    enabled: z.boolean(),
    notBefore: z.date().optional(),
    expiresOn: z.date().optional(),
    recoveryLevel: z.string().max(64).optional(),
    recoverableDays: z.number().optional(),
  }),
});

/** A key that lists no operations is not restricted to some (RFC 7517 §4.3). */
const USES = ["wrapKey", "unwrapKey"];

/**
 * Parses the SDK's result strictly, since the SDK itself does not check it.
 *
 * @returns undefined when it is not the requested key, or not a key at all
 */
export function parseVaultKey(
  answer: KeyVaultKey,
  asked: KeyUrl,
  vaultRegion: string | undefined,
): KeyFacts | undefined {
  const parsed = KEY.safeParse(answer);
  if (!parsed.success) return undefined;
  const { id, keyType, keyOperations = USES, key, properties } = parsed.data;
  const [, vaultUrl, keyName, version] = KID.exec(id) ?? [];
  if (keyName === undefined || version === undefined) return undefined;
  const same =
    vaultUrl?.toLowerCase() === asked.vaultUrl &&
    isSameIdentifier(keyName, asked.keyName) &&
    (asked.version === undefined || version === asked.version);
  if (!same || (key.n?.byteLength ?? 0) > MAX_MODULUS_BYTES) return undefined;
  const { enabled, notBefore, expiresOn, recoveryLevel, recoverableDays } = properties;
  return {
    // One spelling: the vault may write its host in capital letters.
    kid: kidOf({ ...asked, keyName }, version),
    keyType,
    keySizeBits: key.n === undefined ? 0 : bitLength(key.n),
    operations: keyOperations.map(
      (operation) => USES.find((use) => isSameIdentifier(use, operation)) ?? operation,
    ),
    enabled,
    notBeforeSeconds: notBefore === undefined ? undefined : notBefore.getTime() / 1000,
    expiresSeconds: expiresOn === undefined ? undefined : expiresOn.getTime() / 1000,
    recoveryLevel,
    recoverableDays,
    vaultRegion,
  };
}

const DELETED_KEY = z.object({
  name: z.string(),
  properties: z.object({ deletedOn: z.date(), scheduledPurgeDate: z.date().optional() }),
});

/** @returns undefined when it is not the requested deleted key */
function parseDeletedKey(answer: DeletedKey, asked: KeyUrl): DeletedKeyFacts | undefined {
  const parsed = DELETED_KEY.safeParse(answer);
  if (!parsed.success || !isSameIdentifier(parsed.data.name, asked.keyName)) return undefined;
  const { scheduledPurgeDate } = parsed.data.properties;
  return scheduledPurgeDate === undefined
    ? {}
    : { scheduledPurgeSeconds: scheduledPurgeDate.getTime() / 1000 };
}

function bitLength(modulus: Uint8Array): number {
  const start = modulus.findIndex((byte) => byte !== 0);
  if (start === -1) return 0;
  return (modulus.byteLength - start) * 8 - (Math.clz32(modulus[start] ?? 0) - 24);
}
