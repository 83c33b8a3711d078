// @module-tag one-engine

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { AppError } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { parseConfig, startBroker } from "../../src/index.ts";
import { dataDirFailure } from "../../src/run/open-data-dir.ts";
import { createBrokerEnvironment, type BrokerEnvironment } from "./broker-environment.ts";

type Sabotage = (environment: BrokerEnvironment) => Promise<Record<string, string>>;
const SABOTAGE: Readonly<Record<string, readonly [Sabotage, RegExp]>> = {
  "a data folder that is a file": [
    async ({ dataDir }) => {
      await writeFile(dataDir, "");
      return {};
    },
    /^BROKER_DATA_DIR: .* cannot be used \(it is not a folder\);/,
  ],
  "a database that is none": [
    async ({ dataDir }) => {
      await mkdir(dataDir);
      await writeFile(join(dataDir, "broker.sqlite"), "x".repeat(10_000));
      return {};
    },
    /^BROKER_DATA_DIR: .* cannot be used \(broker.sqlite is not a database\);/,
  ],
  "a signing key that others may read": [
    async ({ dataDir }) => {
      await mkdir(dataDir);
      await writeFile(join(dataDir, "broker-signing-key.pem"), "x", { mode: 0o644 });
      return {};
    },
    /^.*broker-signing-key.pem can be read by other users;/,
  ],
  "a certificate that is not there": [
    () => Promise.resolve({ BROKER_TLS_CERTIFICATE_FILE: "/nowhere/tls.pem" }),
    /^BROKER_TLS_CERTIFICATE_FILE: \/nowhere\/tls.pem cannot be read \(ENOENT\)/,
  ],
  "a key that is not the certificate's": [
    async ({ variables }) =>
      Promise.resolve({ BROKER_TLS_KEY_FILE: variables["BROKER_TLS_CERTIFICATE_FILE"] ?? "" }),
    /^BROKER_TLS_CERTIFICATE_FILE, BROKER_TLS_KEY_FILE: expected/,
  ],
  "notice channels that are not there": [
    () => Promise.resolve({ NOTICE_CHANNELS_FILE: "/nowhere/channels.json" }),
    /^NOTICE_CHANNELS_FILE: \/nowhere\/channels.json does not exist/,
  ],
  "notice channels that others may read": [
    async ({ dataDir }) => {
      await mkdir(dataDir);
      const path = join(dataDir, "channels.json");
      await writeFile(path, '{"channels":[]}', { mode: 0o644 });
      return { NOTICE_CHANNELS_FILE: path };
    },
    /^.*channels.json can be read by other users;/,
  ],
  "notice channels of an unknown kind": [
    async ({ dataDir }) => {
      await mkdir(dataDir);
      const path = join(dataDir, "channels.json");
      await writeFile(path, '{"channels":[{"kind":"pigeon"}]}', { mode: 0o600 });
      return { NOTICE_CHANNELS_FILE: path };
    },
    /^NOTICE_CHANNELS_FILE is wrong at channels.0.kind$/,
  ],
  "a service key in a vault that may not be dialled": [
    () => Promise.resolve({ SERVICE_KEY_URL: "https://service.example.com/keys/service" }),
    /^SERVICE_KEY_URL is wrong:/,
  ],
};

test.each(Object.entries(SABOTAGE))(
  "a start with %s ends with one clause that says what to do",
  async (_name, [sabotage, expected]) => {
    using environment = await createBrokerEnvironment();
    const variables = { ...environment.variables, ...(await sabotage(environment)) };
    const failure: unknown = await startBroker(parseConfig(variables)).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: "Misuse", detail: expect.stringMatching(expected) });
  },
);

const FILE_SYSTEM_FAULTS = [
  ["ENOSPC", "DiskFull", "no space is left"],
  ["EDQUOT", "DiskFull", "no space is left"],
  ["SQLITE_FULL", "DiskFull", "no space is left"],
  ["SQLITE_IOERR_SHMSIZE", "DiskFull", "no space is left"],
  ["EROFS", "Misuse", "the file system is read-only"],
  ["EACCES", "Misuse", "no permission"],
  ["SQLITE_READONLY", "Misuse", "the database is read-only"],
  ["SQLITE_CANTOPEN", "Misuse", "cannot be opened"],
  ["SQLITE_CORRUPT", "Misuse", "restore the last backup"],
] as const;
test.each(FILE_SYSTEM_FAULTS)("%s in the data folder is %s: %s", (code, expected, text) => {
  const cause = Object.assign(new Error("x"), { code });
  const failure = dataDirFailure("/data", new Error("cannot be migrated", { cause }));
  expect(failure).toMatchObject({ code: expected, detail: expect.stringContaining(text) });
  expect(failure).toMatchObject({ detail: expect.stringContaining("BROKER_DATA_DIR") });
});

test("a bug is not taken for a fault of the data folder", () => {
  const bug = new TypeError("x");
  expect(dataDirFailure("/data", bug)).toBe(bug);
});
