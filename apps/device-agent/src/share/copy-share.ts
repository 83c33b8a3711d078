import { randomFillSync } from "node:crypto";

import {
  CryptoError,
  type EnvelopeContext,
  importRecoveryKey,
  parseEnvelope,
  sealEnvelope,
  secretBytes,
  zero,
} from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { parseWith, recoveryKeys } from "@databox-cmk/protocol";

type RecoveryKey = ReturnType<typeof importRecoveryKey>;

/**
 * Extension `recoveryKeys` of an answer; empty without one.
 *
 * @throws {AppError} `EnvelopeRejected`
 */
export function readRecoveryKeys(
  extensions: Readonly<Record<string, unknown>> | undefined,
): readonly RecoveryKey[] {
  const named = extensions?.["recoveryKeys"];
  if (named === undefined) return [];
  const parsed = parseWith(recoveryKeys, named);
  if (!parsed.ok) throw rejected(parsed.detail);
  try {
    return parsed.value.map((jwk) => importRecoveryKey(jwk));
  } catch (error) {
    if (error instanceof CryptoError) throw rejected(error.message, error);
    throw error;
  }
}

/**
 * A copy of this node's share that only the owner's recovery keys open, as extension `deviceShare`;
 * bound to the node and the envelope.
 */
export async function copyShare(
  share: Uint8Array,
  keys: readonly RecoveryKey[],
  context: Omit<EnvelopeContext, "cus">,
): Promise<{ readonly deviceShare: Record<string, unknown> } | undefined> {
  if (keys.length === 0) return undefined;
  const cek = randomFillSync(secretBytes(32));
  try {
    const copy = await sealEnvelope({
      unlockKey: share,
      cek,
      context: { ...context, cus: "split-device" },
      recipients: keys.map((key) => ({ kid: key.kid, encryptedKey: key.wrap(cek) })),
    });
    return { deviceShare: { ...copy.toJSON() } };
  } finally {
    zero(cek);
  }
}

/** The recovery keys that open a copy, by thumbprint. */
export const keysOfCopy = (copy: unknown): string[] | undefined =>
  copy === undefined ? undefined : parseEnvelope(copy).recipients.map(({ kid }) => kid);

const rejected = (detail: string, cause?: unknown): AppError =>
  new AppError("EnvelopeRejected", { detail: `recovery keys: ${detail}`, cause });
