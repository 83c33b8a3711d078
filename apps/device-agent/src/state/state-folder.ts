import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

import { AppError } from "@databox-cmk/errors";

import { machineState } from "../core/machine-state.ts";
import type { MachineState } from "../core/machine-state.ts";
import { passkeyTries } from "../core/passkey-tries.ts";
import type { PasskeyTries } from "../core/passkey-tries.ts";
import { settings } from "../core/settings.ts";
import type { Settings } from "../core/settings.ts";
import { tpmKey } from "../core/tpm-key.ts";
import type { TpmKey } from "../core/tpm-key.ts";
import { readJson, readPrivateFile } from "./private-file.ts";
import { systemCode, toStateError, unreadable } from "./state-error.ts";
import { writeDurably } from "./write-durably.ts";

const FILES = {
  settings: "agent.json",
  state: "state.json",
  deviceKey: "device-key.pem",
  tpmKey: "device-key.tpm.json",
  envelope: "envelope.jws",
  certificateAuthority: "broker-ca.pem",
  journal: "journal.jsonl",
  passkeyTries: "passkey-tries.json",
  journalHead: "journal-head.jws",
} as const;

/** The agent's own folder: mode 0700, its files 0600. */
export type StateFolder = {
  readonly path: string;
  readonly journalPath: string;
  readonly certificateAuthorityPath: string;
  readSettings(): Settings | undefined;
  writeSettings(value: Settings): void;
  readState(): MachineState | undefined;
  writeState(value: MachineState): void;
  /** In this folder, or in the service manager's credentials. */
  readDeviceKey(): string | undefined;
  writeDeviceKey(privatePem: string): void;
  readTpmKey(): TpmKey | undefined;
  writeTpmKey(key: TpmKey): void;
  readEnvelope(): string | undefined;
  writeEnvelope(jws: string): void;
  writeCertificateAuthority(pem: string): void;
  readPasskeyTries(): PasskeyTries | undefined;
  writePasskeyTries(value: PasskeyTries): void;
  /** The broker's signature over the last journal row that it accepted. */
  readJournalHead(): string | undefined;
  writeJournalHead(jws: string): void;
};

/** The name in databox-agent.service (systemd.exec(5), Credentials). */
const CREDENTIAL = "databox-agent.device-key";

/**
 * @param credentialsFolder - the service manager's decrypted secrets of this service, for as long
 * as it runs
 * @throws {AppError} `AgentStateUnreadable`, `AgentStateUnwritable` or `DiskFull` from each of its
 * members
 */
export function openStateFolder(path: string, credentialsFolder?: string): StateFolder {
  checkMode(path);
  const at = (file: keyof typeof FILES) => join(path, FILES[file]);
  return {
    path,
    journalPath: at("journal"),
    certificateAuthorityPath: at("certificateAuthority"),
    readSettings: () => readJson(at("settings"), settings),
    writeSettings: (value) => {
      writeDurably(at("settings"), `${JSON.stringify(value, undefined, 2)}\n`);
    },
    readState: () => readJson(at("state"), machineState),
    writeState: (value) => {
      writeDurably(at("state"), `${JSON.stringify(value)}\n`);
    },
    readDeviceKey: () =>
      readPrivateFile(at("deviceKey")) ??
      (credentialsFolder === undefined
        ? undefined
        : readPrivateFile(join(credentialsFolder, CREDENTIAL))),
    writeDeviceKey: (privatePem) => {
      writeDurably(at("deviceKey"), privatePem);
    },
    readTpmKey: () => readJson(at("tpmKey"), tpmKey),
    writeTpmKey: (key) => {
      writeDurably(at("tpmKey"), `${JSON.stringify(key, undefined, 2)}\n`);
    },
    readEnvelope: () => readPrivateFile(at("envelope"))?.trim(),
    writeEnvelope: (jws) => {
      writeDurably(at("envelope"), `${jws}\n`);
    },
    writeCertificateAuthority: (pem) => {
      writeDurably(at("certificateAuthority"), pem);
    },
    readJournalHead: () => readPrivateFile(at("journalHead"))?.trim(),
    writeJournalHead: (jws) => {
      writeDurably(at("journalHead"), `${jws}\n`);
    },
    readPasskeyTries: () => readJson(at("passkeyTries"), passkeyTries),
    writePasskeyTries: (value) => {
      writeDurably(at("passkeyTries"), `${JSON.stringify(value)}\n`);
    },
  };
}

/** @throws {AppError} `AgentStateUnwritable` or `DiskFull` */
export function createStateFolder(path: string, credentialsFolder?: string): StateFolder {
  try {
    if (!existsSync(path)) makeFolder(path);
  } catch (error) {
    throw toStateError(error, path);
  }
  return openStateFolder(path, credentialsFolder);
}

/**
 * Node's recursive mkdir reports ENOENT on a read-only file system, so the plain one is tried
 * first.
 */
function makeFolder(path: string): void {
  if (existsSync(dirname(path))) mkdirSync(path, { mode: 0o700 });
  else mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

function checkMode(path: string): void {
  let mode: number;
  try {
    const found = statSync(path);
    if (!found.isDirectory()) throw unreadable(path, "not a folder");
    mode = found.mode;
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (systemCode(error) === "ENOENT") return;
    throw unreadable(path, `cannot be read (${systemCode(error)})`);
  }
  if ((mode & 0o022) !== 0)
    throw unreadable(path, `others may write here (mode ${(mode & 0o777).toString(8)}): chmod 700`);
}
