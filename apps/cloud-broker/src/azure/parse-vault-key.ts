import type { DeletedKey, KeyVaultKey } from "@azure/keyvault-keys";
import { isSameIdentifier } from "@databox-cmk/protocol";
import * as z from "zod";

import { kidOf } from "../core/key-url.ts";
import type { KeyUrl } from "../core/order.ts";
import type { DeletedKeyFacts, KeyFacts } from "../core/ports.ts";

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
  const { id, keyType, keyOperations: operations = [], key, properties } = parsed.data;
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
    operations,
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
export function parseDeletedKey(answer: DeletedKey, asked: KeyUrl): DeletedKeyFacts | undefined {
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
