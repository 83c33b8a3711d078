import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

import { AppError } from "@databox-cmk/errors";
import type * as z from "zod/mini";

import { machineState, type MachineState } from "../core/machine-state.ts";
import { passkeyTries } from "../core/passkey-tries.ts";
import { settings } from "../core/settings.ts";
import { tpmKey } from "../core/tpm-key.ts";
import { readJson, readPrivateFile } from "./private-file.ts";
import { systemCode, toStateError, unreadable } from "./state-error.ts";
import { writeDurably, writeJson } from "./write-durably.ts";

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
export type StateFolder = ReturnType<typeof openStateFolder>;

/** The name in databox-agent.service (systemd.exec(5), Credentials). */
const CREDENTIAL = "databox-agent.device-key";

/**
 * @param credentialsFolder - the service manager's decrypted secrets of this service, for as long
 * as it runs
 * @throws {AppError} `AgentStateUnreadable`, `AgentStateUnwritable` or `DiskFull` from each of its
 * members
 */
export function openStateFolder(path: string, credentialsFolder?: string) {
  checkMode(path);
  const at = (file: keyof typeof FILES) => join(path, FILES[file]);
  const json = <Value extends object>(
    file: keyof typeof FILES,
    schema: z.ZodMiniType<Value>,
    indent?: number,
  ) =>
    [
      () => readJson(at(file), schema),
      (value: Value) => writeJson(at(file), value, indent),
    ] as const;
  const [readSettings, writeSettings] = json("settings", settings, 2);
  const [readState, writeState] = json("state", machineState);
  const [readTpmKey, writeTpmKey] = json("tpmKey", tpmKey, 2);
  const [readPasskeyTries, writePasskeyTries] = json("passkeyTries", passkeyTries);
  const writesText =
    (file: keyof typeof FILES, end = "") =>
    (text: string) =>
      writeDurably(at(file), `${text}${end}`);
  return {
    path,
    journalPath: at("journal"),
    certificateAuthorityPath: at("certificateAuthority"),
    readSettings,
    writeSettings,
    readState,
    writeState,
    /** In this folder, or in the service manager's credentials. */
    readDeviceKey: () =>
      readPrivateFile(at("deviceKey")) ??
      (credentialsFolder === undefined
        ? undefined
        : readPrivateFile(join(credentialsFolder, CREDENTIAL))),
    writeDeviceKey: writesText("deviceKey"),
    readTpmKey,
    writeTpmKey,
    readEnvelope: () => readPrivateFile(at("envelope"))?.trim(),
    writeEnvelope: writesText("envelope", "\n"),
    writeCertificateAuthority: writesText("certificateAuthority"),
    /** The broker's signature over the last journal row that it accepted. */
    readJournalHead: () => readPrivateFile(at("journalHead"))?.trim(),
    writeJournalHead: writesText("journalHead", "\n"),
    readPasskeyTries,
    writePasskeyTries,
  } as const;
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

export type StateStore = {
  readonly current: MachineState;
  /** Durable when it returns. */
  update(change: Partial<MachineState>): void;
  /** A number that no message of this node has carried; durable before it is used. */
  nextCounter(): number;
};

export function createStateStore(
  folder: Pick<StateFolder, "writeState">,
  initial: MachineState,
): StateStore {
  let current = initial;
  const update = (change: Partial<MachineState>) => {
    const next = { ...current, ...change };
    folder.writeState(next);
    current = next;
  };
  return {
    get current() {
      return current;
    },
    update,
    nextCounter() {
      update({ counter: current.counter + 1 });
      return current.counter;
    },
  };
}
