import { randomFillSync } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import {
  decodeBase64url,
  encodeBase64url,
  secretBytes,
  SHARE_BYTES,
  zero,
} from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { Rekey } from "../core/machine-state.ts";
import { deviceShare, type TpmKey } from "../core/tpm-key.ts";
import { createObject, loadObject, useObject } from "../device-key/tpm-object.ts";
import { withTpm } from "../device-key/tpm2.ts";
import { destroy } from "../state/destroy-file.ts";
import { readJson } from "../state/private-file.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { writeJson } from "../state/write-durably.ts";

type ShareFolder = Pick<StateFolder, "path">;

/** A file that is being written or destroyed matches too. */
const NAME = /^device-share-([0-9a-f-]{36})\.json/;
const pathOf = ({ path }: ShareFolder, env: string): string =>
  join(path, `device-share-${env}.json`);

/** Where an envelope's share is kept. */
export type ShareStorage = "tpm" | "file" | "missing";

/** Without the share itself. @throws {AppError} `AgentStateUnreadable` */
export function findShare(folder: ShareFolder, env: string): ShareStorage {
  const kept = readJson(pathOf(folder, env), deviceShare);
  return kept?.kept ?? "missing";
}

/**
 * Whether an interrupted re-key is of split custody: only such a re-key makes a share. The state of
 * an earlier agent has no mark; it has the share or, where that was lost, the owner's copy of it.
 *
 * @throws {AppError} `AgentStateUnreadable`
 */
export function isSplitRekey(
  folder: ShareFolder,
  { env, split, deviceShare: copy }: Pick<Rekey, "env" | "split" | "deviceShare">,
): boolean {
  return split === true || copy !== undefined || findShare(folder, env) !== "missing";
}

/**
 * This node's share for an envelope: 32 bytes; the caller zeroes them.
 *
 * @throws {AppError} `DeviceShareMissing`, `BootStateChanged`, `DeviceKeyUnavailable` or
 * `AgentStateUnreadable`
 */
export async function readShare(folder: ShareFolder, env: string): Promise<Uint8Array> {
  const kept = readJson(pathOf(folder, env), deviceShare);
  if (kept === undefined) throw new AppError("DeviceShareMissing");
  return kept.kept === "tpm" ? unsealByTpm(kept) : decodeBase64url(kept.share, "share");
}

/** Durable before it is used; a rerun finds the same one. */
export async function makeShare(
  folder: ShareFolder & Pick<StateFolder, "readTpmKey">,
  env: string,
): Promise<void> {
  if (existsSync(pathOf(folder, env))) return;
  const share = randomFillSync(secretBytes(SHARE_BYTES));
  try {
    await keepShare(folder, env, share);
  } finally {
    zero(share);
  }
}

/** In the TPM that has the device key, if one has it. The caller zeroes the share. */
export async function keepShare(
  folder: ShareFolder & Pick<StateFolder, "readTpmKey">,
  env: string,
  share: Uint8Array,
): Promise<void> {
  const key = folder.readTpmKey();
  const kept =
    key === undefined
      ? { version: 1, kept: "file", share: encodeBase64url(share) }
      : { version: 1, kept: "tpm", ...(await sealByTpm(key, share)) };
  writeJson(pathOf(folder, env), kept);
}

/** Destroys the shares of envelopes that are no longer in force, and the remains after a kill. */
export function destroyOtherShares(folder: ShareFolder, env: string): void {
  const found = readdirSync(folder.path).map((name) => NAME.exec(name)?.[1]);
  for (const other of new Set(found))
    if (other !== undefined && other !== env) destroyShare(folder, other);
}

export function destroyShare(folder: ShareFolder, env: string): void {
  destroy(pathOf(folder, env));
}

/** An object that only one TPM opens, and with registers only while they keep their values. */
type Sealed = Pick<TpmKey, "tcti" | "pcrs" | "publicArea" | "privateArea">;

/** @throws {AppError} `DeviceKeyUnavailable` */
async function sealByTpm(
  { tcti, pcrs }: Pick<TpmKey, "tcti" | "pcrs">,
  secret: Uint8Array,
): Promise<Sealed> {
  const parts = await withTpm(tcti, (tpm) => createObject(tpm, pcrs, [], { secret }));
  return { tcti, pcrs, ...parts };
}

/**
 * @returns the secret; the caller zeroes it
 * @throws {AppError} `BootStateChanged` or `DeviceKeyUnavailable`
 */
export function unsealByTpm(sealed: Sealed): Promise<Uint8Array> {
  return withTpm(sealed.tcti, async (tpm) => {
    await loadObject(tpm, sealed);
    return useObject(tpm, sealed.pcrs, (...object) => tpm.take("unseal", ...object));
  });
}
