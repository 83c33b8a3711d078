import { existsSync } from "node:fs";
import { join } from "node:path";

import { keptLease, openChallenge } from "../core/offline-secrets.ts";
import type { KeptLease, OpenChallenge } from "../core/offline-secrets.ts";
import { destroy, finishDestroying } from "./destroy-file.ts";
import { readJson } from "./private-file.ts";
import { writeDurably } from "./write-durably.ts";

/**
 * A node's files for unlocks without network: each holds a private key, is 0600, and is destroyed
 * when it is used up.
 */
export type OfflineFiles = {
  readChallenge(): OpenChallenge | undefined;
  writeChallenge(value: OpenChallenge): void;
  destroyChallenge(): void;
  readLease(): KeptLease | undefined;
  writeLease(value: KeptLease): void;
  destroyLease(): void;
};

/**
 * @throws {AppError} `AgentStateUnreadable`, `AgentStateUnwritable` or `DiskFull` from each of its
 * members
 */
export function openOfflineFiles(folder: string): OfflineFiles {
  const challenge = join(folder, "offline-challenge.json");
  const lease = join(folder, "offline-lease.json");
  for (const path of [challenge, lease]) finishDestroying(path);
  return {
    readChallenge: () => readJson(challenge, openChallenge),
    writeChallenge: (value) => {
      writeDurably(challenge, `${JSON.stringify(value)}\n`);
    },
    destroyChallenge: () => {
      destroy(challenge);
    },
    readLease: () => readJson(lease, keptLease),
    writeLease: (value) => {
      writeDurably(lease, `${JSON.stringify(value)}\n`);
    },
    destroyLease: () => {
      destroy(lease);
    },
  };
}

/** Cheap without a file, as on every unlock by network. */
export function destroyKeptLease(folder: string): void {
  destroy(join(folder, "offline-lease.json"));
}

export function hasKeptLease(folder: string): boolean {
  return existsSync(join(folder, "offline-lease.json"));
}
