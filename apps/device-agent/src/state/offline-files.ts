import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { keptLease, openChallenge } from "../core/offline-secrets.ts";
import type { KeptLease, OpenChallenge } from "../core/offline-secrets.ts";
import { readJson } from "./read-json.ts";
import { toStateError } from "./state-error.ts";
import { syncFolder, writeDurably } from "./write-durably.ts";

const GONE = ".gone";

/** What a node keeps of unlocks without network: each file holds a private key, is 0600, and is gone when it is used up. */
export type OfflineFiles = {
  readChallenge(): OpenChallenge | undefined;
  writeChallenge(value: OpenChallenge): void;
  destroyChallenge(): void;
  readLease(): KeptLease | undefined;
  writeLease(value: KeptLease): void;
  destroyLease(): void;
};

/** @throws {AppError} `AgentStateUnreadable`, `AgentStateUnwritable` or `DiskFull` from each of its members */
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

/** Cheap where there is none, as on every unlock by network. */
export function destroyKeptLease(folder: string): void {
  destroy(join(folder, "offline-lease.json"));
}

export function hasKeptLease(folder: string): boolean {
  return existsSync(join(folder, "offline-lease.json"));
}

/** What a kill left behind. */
function finishDestroying(path: string): void {
  try {
    wipe(`${path}${GONE}`);
  } catch (error) {
    throw toStateError(error, path);
  }
}

/** Out of its name first, so that a kill on the way leaves nothing that is taken for a key. */
function destroy(path: string): void {
  try {
    if (!existsSync(path)) return;
    renameSync(path, `${path}${GONE}`);
    syncFolder(dirname(path));
    wipe(`${path}${GONE}`);
  } catch (error) {
    throw toStateError(error, path);
  }
}

/** Overwritten before it is removed. A copy that a flash memory kept aside, or a backup, is out of our reach. */
function wipe(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r+");
  try {
    writeSync(file, Buffer.alloc(fstatSync(file).size));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  rmSync(path);
  syncFolder(dirname(path));
}
