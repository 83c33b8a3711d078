import { createHash, randomFillSync } from "node:crypto";

import {
  CryptoError,
  type EnvelopeContext,
  importRecoveryKey,
  parseEnvelope,
  sealEnvelope,
  secretBytes,
  zero,
} from "@databox-cmk/crypto";
import { AppError, withoutUndefined } from "@databox-cmk/errors";
import { parseWith, recoveryKeys } from "@databox-cmk/protocol";

import type { MachineState } from "../core/machine-state.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { makeShare, readShare } from "./keep-share.ts";

type RecoveryKey = ReturnType<typeof importRecoveryKey>;
type ShareCopy = { readonly deviceShare: Record<string, unknown> };

/**
 * Member `recoveryKeys`, of an answer's extensions or of the settings; empty without one.
 *
 * @throws {AppError} `EnvelopeRejected`
 */
export function readRecoveryKeys(
  holder: { readonly recoveryKeys?: unknown } | undefined,
): readonly RecoveryKey[] {
  const named = holder?.recoveryKeys;
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
 * Makes this node's share for an envelope, and a copy of it that only the owner's recovery keys
 * open, as extension `deviceShare`.
 *
 * @throws {AppError} as `readShare`, or `AgentStateUnwritable`
 */
export async function makeCopiedShare(
  folder: Pick<StateFolder, "path" | "readTpmKey">,
  node: { readonly env: string; readonly order: string; readonly serial: string },
  keys: readonly RecoveryKey[],
): Promise<ShareCopy | undefined> {
  const { env, order: ord, serial: dev } = node;
  await makeShare(folder, env);
  // Read again, so that the copy is of the share on the disk.
  const share = await readShare(folder, env);
  try {
    return await copyShare(share, keys, { env, ord, dev });
  } finally {
    zero(share);
  }
}

async function copyShare(
  share: Uint8Array,
  keys: readonly RecoveryKey[],
  context: Omit<EnvelopeContext, "cus">,
): Promise<ShareCopy | undefined> {
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

/**
 * The recovery keys that open a copy, by thumbprint, and the copy's SHA-256: a broker that swaps it
 * later cannot keep both.
 */
export function describeCopy(
  copy: ShareCopy["deviceShare"] | undefined,
): Pick<MachineState, "shareCopiedFor" | "shareCopyHash"> {
  return {
    shareCopiedFor: copy && parseEnvelope(copy).recipients.map(({ kid: thumbprint }) => thumbprint),
    shareCopyHash: copy && createHash("sha256").update(JSON.stringify(copy)).digest("hex"),
  };
}

/** {@link describeCopy}, for the journal. */
export function factsOfCopy(copy: ShareCopy["deviceShare"] | undefined) {
  const { shareCopiedFor, shareCopyHash } = describeCopy(copy);
  return withoutUndefined({ copiedFor: shareCopiedFor?.join(" "), copy: shareCopyHash });
}

/**
 * A broker that could add a recovery key of its own would have the node's share, and with it the
 * volume. A broker that could leave out the owner's key would end the owner's recovery.
 *
 * @param named - by the broker
 * @param expected - by a person at the node, or from the last copy; undefined at the first copy
 * @throws {AppError} `RecoveryKeyUnconfirmed`
 */
export function requireOwnersKeys(
  named: readonly string[],
  expected: readonly string[] | undefined,
  reason?: "prepare" | "interrupted",
): void {
  if (expected === undefined) return;
  const foreign = named.filter((kid) => !expected.includes(kid));
  const absent = expected.filter((kid) => !named.includes(kid));
  if (foreign.length + absent.length === 0) return;
  const told = [
    ...foreign.map((kid) => `${kid} is not confirmed`),
    ...absent.map((kid) => `${kid} is absent`),
  ];
  throw new AppError("RecoveryKeyUnconfirmed", { reason, detail: told.join(", ") });
}

export const thumbprintsOf = (keys: readonly Pick<RecoveryKey, "kid">[]): readonly string[] =>
  keys.map(({ kid }) => kid);

const rejected = (detail: string, cause?: unknown): AppError =>
  new AppError("EnvelopeRejected", { detail: `recovery keys: ${detail}`, cause });
