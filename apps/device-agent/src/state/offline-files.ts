import { existsSync } from "node:fs";
import { join } from "node:path";

import { keptLease, openChallenge } from "../core/offline-secrets.ts";
import type { KeptLease, OpenChallenge } from "../core/offline-secrets.ts";
import { destroy, finishDestroying, replaceSecret } from "./destroy-file.ts";
import { readJson } from "./private-file.ts";

const leaseIn = (folder: string) => join(folder, "offline-lease.json");

/**
 * A node's files for unlocks without network: each holds a private key, is 0600, and is destroyed
 * when it is used up.
 */
export type OfflineFiles = ReturnType<typeof openOfflineFiles>;

/**
 * @throws {AppError} `AgentStateUnreadable`, `AgentStateUnwritable` or `DiskFull` from each of its
 * members
 */
export function openOfflineFiles(folder: string) {
  const challenge = join(folder, "offline-challenge.json");
  const lease = leaseIn(folder);
  for (const path of [challenge, lease]) finishDestroying(path);
  return {
    readChallenge: () => readJson(challenge, openChallenge),
    writeChallenge: (value: OpenChallenge) => replaceSecret(challenge, value),
    destroyChallenge: () => destroy(challenge),
    readLease: () => readJson(lease, keptLease),
    writeLease: (value: KeptLease) => replaceSecret(lease, value),
  };
}

/** Cheap without a file, as on every unlock by network. */
export function destroyKeptLease(folder: string): void {
  destroy(leaseIn(folder));
}

export const hasKeptLease = (folder: string): boolean => existsSync(leaseIn(folder));
