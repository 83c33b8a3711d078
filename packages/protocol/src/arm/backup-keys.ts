import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { requiredText } from "./fields.ts";
import { identityPropertiesView } from "./job-view.ts";
import { identityProperties } from "./key-encryption-key.ts";
import { PATHS } from "./paths.ts";

/** Name of a backup key within its order. */
export const BACKUP_KEY_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/**
 * Our extension: another recipient of an order's envelopes. `Vault`: a key in another vault, by the
 * order's own identities. `RecoveryKey`: the public half, as JWK or PEM, of an RSA key that only
 * the customer has.
 */
export const backupKeyWrite = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("Vault"),
    kekUrl: requiredText(2048),
    kekVaultResourceID: requiredText(512),
    identityProperties,
  }),
  z.strictObject({
    kind: z.literal("RecoveryKey"),
    publicKey: z.union([
      z.string().check(z.maxLength(4096)),
      // Optional members of a JWK (RFC 7517 §4) have no meaning here, and are dropped.
      z.looseObject({ kty: z.string(), n: z.optional(z.string()), e: z.optional(z.string()) }),
    ]),
  }),
]);
export type BackupKeyWrite = z.infer<typeof backupKeyWrite>;

const order = z.object({
  orderedAt: z.string(),
  by: z.string(),
  reason: z.string(),
  until: z.string(),
});

export const backupKeyView = z.object({
  name: z.string(),
  kind: z.enum(["Vault", "RecoveryKey"]),
  /** The key version, or the RFC 9278 thumbprint URI, that every envelope names. */
  kid: z.string(),
  kekUrl: z.optional(z.string()),
  kekVaultResourceID: z.optional(z.string()),
  identityProperties: identityPropertiesView,
  publicKey: z.optional(z.object({ kty: z.literal("RSA"), n: z.string(), e: z.string() })),
  createdAt: z.string(),
  createdBy: z.string(),
  /** An active order to use this backup now. */
  order: z.optional(order),
});
export type BackupKeyView = z.infer<typeof backupKeyView>;

export const backupKeyList = z.object({
  value: z.array(backupKeyView),
  keyInForce: z.object({
    /**
     * `Unreachable`: counts as lost once it lasts; `Gone`: deleted; `Refused`: withdrawn, and no
     * backup replaces it.
     */
    standing: z.enum(["Working", "Unreachable", "Gone", "Refused"]),
    code: z.optional(z.string()),
    since: z.optional(z.string()),
    /** The time from which the backup keys are used automatically. */
    backupFrom: z.optional(z.string()),
  }),
});
export type BackupKeyList = z.infer<typeof backupKeyList>;

export const useBackupKeyRequest = z.strictObject({
  reason: requiredText(1024),
  hours: z.optional(z.number().check(z.int(), z.minimum(1), z.maximum(168))),
});

/** Every current envelope (JWE General JSON, RFC 7516), for opening offline by a recovery key. */
export const envelopeExport = z.object({
  value: z.array(
    z.object({
      serial: z.string(),
      generation: z.number(),
      createdAt: z.string(),
      recipients: z.array(
        z.object({
          kid: z.string(),
          /** An earlier broker exports the other recipients too. */
          of: z.enum(["KeyInForce", "Vault", "RecoveryKey"]),
          name: z.optional(z.string()),
        }),
      ),
      jwe: z.looseObject({ protected: z.string() }),
      /** In split custody: the node's share, for the recovery keys; `jwe` holds the broker's. */
      deviceShare: z.optional(z.looseObject({ protected: z.string() })),
    }),
  ),
});
export type EnvelopeExport = z.infer<typeof envelopeExport>;

const BACKUP_KEYS = `${PATHS.job}/backupKeys` as const;
const BACKUP_KEY = `${BACKUP_KEYS}/:backupKey` as const;

export const BACKUP_KEY_CALLS = {
  list: { at: ["GET", BACKUP_KEYS], answers: { 200: backupKeyList } },
  read: { at: ["GET", BACKUP_KEY], answers: { 200: backupKeyView } },
  write: {
    at: ["PUT", BACKUP_KEY],
    headers: ["If-None-Match"],
    body: backupKeyWrite,
    answers: { 200: backupKeyView },
  },
  remove: { at: ["DELETE", BACKUP_KEY], answers: { 200: undefined, 204: undefined } },
  use: {
    at: ["POST", `${BACKUP_KEY}/use`],
    body: useBackupKeyRequest,
    answers: { 200: backupKeyView },
  },
  endUse: { at: ["DELETE", `${BACKUP_KEY}/use`], answers: { 200: undefined, 204: undefined } },
  exportEnvelopes: { at: ["GET", `${PATHS.job}/envelopes`], answers: { 200: envelopeExport } },
} as const satisfies Calls;
