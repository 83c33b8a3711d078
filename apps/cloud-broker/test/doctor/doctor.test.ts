// @module-tag one-engine

import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { mayMount, mountDisk } from "@databox-cmk/testkit";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { exitCodeOf, renderReport } from "../../src/core/doctor-report.ts";
import { createSqliteProbes } from "../../src/run/doctor/probe-storage.ts";
import { openStore } from "../../src/store/open-store.ts";
import { freeBytesAt } from "../../src/store/store-health.ts";
import { createDoctorWorld, type DoctorWorld, SERVICE_VAULT } from "./doctor-world.ts";

let world: DoctorWorld;
beforeAll(async () => {
  world = await createDoctorWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => world.azure.clearFaults());

test("before the first start there is nothing to read, and only the issuer does not answer", async () => {
  const { report } = await world.examine();
  const failed = report.checks.filter(({ status }) => status === "failed");
  expect(failed.map(({ name }) => name)).toEqual(["issuer"]);
  expect(report).toMatchObject({ code: "BrokerUnreachable", reason: "connection" });
  expect(report.nextStep.command).toMatch(/^curl --fail 'https:\/\/localhost:/);
  expect(exitCodeOf(report)).toBe(4);
});

describe("beside a broker that serves", () => {
  let copies = 0;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const broker = await world.start();
    stop = () => broker.close();
  });
  afterAll(() => stop());

  /** The data folder as it is, to be spoiled. */
  function copy(): string {
    const folder = join(world.folder, `copy-${String((copies += 1))}`);
    cpSync(world.dataDir, folder, { recursive: true });
    chmodSync(folder, 0o700);
    return folder;
  }

  test("everything passes, and there is nothing to do", async () => {
    const { report } = await world.examine();
    expect(report.checks.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(report.checks).toHaveLength(19);
    expect(report.nextStep).toEqual({ who: "nobody", text: "Nothing: every check passed." });
    expect(exitCodeOf(report)).toBe(0);
    expect(renderReport(report)).toMatch(/ ✓ wrap and unwrap .* random bytes came back the same\n/);
  });

  test("the report contains no secret and no token", async () => {
    const { report } = await world.examine();
    expect(JSON.stringify(report)).not.toMatch(/PRIVATE KEY|eyJ[A-Za-z0-9]/);
  });

  type Fault = {
    readonly change: () => Promise<Record<string, string>> | Record<string, string>;
    readonly check: string;
    readonly code: string;
    readonly reason?: string;
    readonly detail: RegExp;
    readonly nextStep: RegExp;
    readonly exitCode: number;
    readonly nowMs?: number;
    readonly notReached?: number;
  };
  const inCopy = (spoil: (folder: string) => void) => () => {
    const folder = copy();
    spoil(folder);
    return { BROKER_DATA_DIR: folder };
  };
  const FAULTS: Readonly<Record<string, Fault>> = {
    "a variable that is wrong": {
      change: () => ({ TENANT_ID: "contoso" }),
      check: "configuration",
      code: "Misuse",
      detail: /TENANT_ID is wrong: expected a UUID/,
      nextStep: /TENANT_ID/,
      exitCode: 5,
      notReached: 18,
    },
    "more connections than the memory holds": {
      change: () => ({ MAX_CONNECTIONS: "0" }),
      check: "memory",
      code: "Misuse",
      detail: /MAX_CONNECTIONS: no limit is more than the \d+ MiB of this process; about \d+ fit/,
      nextStep: /MAX_CONNECTIONS/,
      exitCode: 5,
    },
    "a data folder that others may enter": {
      change: inCopy((folder) => {
        chmodSync(folder, 0o755);
      }),
      check: "data-folder",
      code: "Misuse",
      detail: /mode 755/,
      nextStep: /Allow only its owner/,
      exitCode: 5,
      notReached: 7,
    },
    "a database that is damaged": {
      change: inCopy((folder) => {
        writeFileSync(join(folder, "broker.sqlite"), "x".repeat(8192));
        rmSync(join(folder, "broker.sqlite-wal"), { force: true });
      }),
      check: "database",
      code: "Misuse",
      detail: /broker.sqlite is not a database/,
      nextStep: /broker.sqlite/,
      exitCode: 5,
      notReached: 4,
    },
    "a database that is older than its record": {
      change: inCopy((folder) => {
        const database = new Database(join(folder, "broker.sqlite"));
        database.prepare("update restore_beats set beat = 0").run();
        database.close();
      }),
      check: "restores",
      code: "Misuse",
      detail: /is older than .*restore-record: decisions since 20.* are missing/,
      nextStep: /Start the broker/,
      exitCode: 5,
    },
    "a database of a newer broker": {
      change: inCopy((folder) => {
        const database = new Database(join(folder, "broker.sqlite"));
        database
          .prepare("insert into kysely_migration (name, timestamp) values ('9999-later', '')")
          .run();
        database.prepare("update schema_needs set migration = '9999-later'").run();
        database.close();
      }),
      check: "migrations",
      code: "Misuse",
      detail: /newer broker \(one that knows 9999-later\)/,
      nextStep: /newer version/,
      exitCode: 5,
    },
    "a signing key that others may read": {
      change: inCopy((folder) => {
        chmodSync(join(folder, "broker-signing-key.pem"), 0o644);
      }),
      check: "signing-keys",
      code: "Misuse",
      detail: /can be read by other users/,
      nextStep: /0600/,
      exitCode: 5,
      notReached: 1,
    },
    "a signing key that was lost": {
      change: inCopy((folder) => {
        rmSync(join(folder, "broker-signing-key.pem"));
      }),
      check: "signing-keys",
      code: "Misuse",
      detail: /broker-signing-key.pem in BROKER_DATA_DIR is missing/,
      nextStep: /backup/,
      exitCode: 5,
      notReached: 1,
    },
    "another issuer's key than the one that is shown": {
      change: inCopy((folder) => {
        rmSync(join(folder, "token-issuer-key.pem"));
        cpSync(
          world.environment["BROKER_TLS_KEY_FILE"] ?? "",
          join(folder, "token-issuer-key.pem"),
        );
        chmodSync(join(folder, "token-issuer-key.pem"), 0o600);
      }),
      check: "issuer",
      code: "BrokerUnreachable",
      reason: "unsigned-answer",
      detail: /shows keys that are not/,
      nextStep: /BROKER_URL/,
      exitCode: 4,
    },
    "a clock that is an hour ahead": {
      change: () => ({}),
      nowMs: Date.now() + 3_600_000,
      check: "clock",
      code: "Misuse",
      detail: /3\d{3} s ahead of Entra ID's/,
      nextStep: /Set this machine's clock/,
      exitCode: 5,
    },
    "a certificate that has expired": {
      change: () => {
        const issued = world.certificate("localhost", Date.now() - 5 * 86_400_000);
        return {
          BROKER_TLS_CERTIFICATE_FILE: issued.certificateFile,
          BROKER_TLS_KEY_FILE: issued.keyFile,
        };
      },
      check: "certificate",
      code: "Misuse",
      detail: /expired on/,
      nextStep: /Renew/,
      exitCode: 5,
    },
    "a certificate for another name": {
      change: () => {
        const { certificateFile, keyFile } = world.certificate("other.localhost");
        return { BROKER_TLS_CERTIFICATE_FILE: certificateFile, BROKER_TLS_KEY_FILE: keyFile };
      },
      check: "certificate",
      code: "Misuse",
      detail: /for DNS:other.localhost, not for localhost/,
      nextStep: /names localhost/,
      exitCode: 5,
    },
    "a private key of another certificate": {
      change: () => ({ BROKER_TLS_KEY_FILE: world.certificate("second.localhost").keyFile }),
      check: "certificate",
      code: "Misuse",
      detail: /not the private key/,
      nextStep: /BROKER_TLS_KEY_FILE/,
      exitCode: 5,
    },
    "a name server that does not know Entra ID": {
      change: () => ({ ENTRA_AUTHORITY: "https://nowhere.localhost" }),
      check: "name-authority",
      code: "IdentityProviderUnreachable",
      reason: "entra",
      detail: /nowhere.localhost cannot be resolved \(ENOTFOUND\)/,
      nextStep: /DNS_SERVER/,
      exitCode: 4,
    },
    "a service key that is disabled": {
      change: async () => {
        await world.azure.update(world.serviceKid, { enabled: false });
        return {};
      },
      check: "service-key",
      code: "SsemUserErrorEncryptionKeyDisabled",
      detail: /./,
      nextStep: /./,
      exitCode: 3,
      notReached: 1,
    },
    "a right to unwrap that is missing": {
      change: async () => {
        await world.azure.grant(SERVICE_VAULT, world.azure.brokerPrincipalId, ["get", "wrapKey"]);
        return {};
      },
      check: "service-key-use",
      code: "SsemUserErrorKeyVaultBadRequestException",
      reason: "access-policy",
      detail: /./,
      nextStep: /./,
      exitCode: 3,
    },
  };
  afterEach(async () => {
    await world.azure.update(world.serviceKid, { enabled: true });
    await world.azure.grant(SERVICE_VAULT, world.azure.brokerPrincipalId, [
      "get",
      "wrapKey",
      "unwrapKey",
    ]);
  });

  test.each(Object.entries(FAULTS))("%s is found", async (_name, fault) => {
    const { report } = await world.examine(await fault.change(), fault.nowMs);
    const failed = report.checks.filter(({ status }) => status === "failed");
    expect(failed.map(({ name }) => name)).toEqual([fault.check]);
    expect(failed[0]?.error).toMatchObject({ code: fault.code });
    expect(failed[0]?.error?.reason).toBe(fault.reason);
    expect(failed[0]?.error?.detail ?? failed[0]?.error?.message).toMatch(fault.detail);
    expect(report.checks.filter(({ status }) => status === "not-reached")).toHaveLength(
      fault.notReached ?? 0,
    );
    expect(report.nextStep.text).toMatch(fault.nextStep);
    expect(exitCodeOf(report)).toBe(fault.exitCode);
  });

  test.skipIf(!mayMount())("a full disk and a read-only one are found by a write", async () => {
    const folder = join(world.folder, "small");
    mkdirSync(folder);
    using opened = new DisposableStack();
    opened.use(mountDisk(folder, 8 * 1024 * 1024));
    const write = createSqliteProbes(folder)["database-write"];
    expect(await write()).toMatchObject({
      ok: true,
      found: expect.stringContaining("none yet") as string,
    });
    // A serving broker keeps the files beside the database.
    await using serving = await openStore(join(folder, "broker.sqlite"));
    void serving;
    expect(await write()).toMatchObject({ ok: true, found: "a write was committed" });
    const { report } = await world.examine({ BROKER_DATA_DIR: folder });
    expect(report).toMatchObject({
      code: "DiskFull",
      nextStep: { text: expect.stringContaining("space") as string },
    });
    expect(exitCodeOf(report)).toBe(5);
    const fill = () => appendFileSync(join(folder, "filling"), Buffer.alloc(4096));
    while ((await freeBytesAt(folder)) > 900_000) fill();
    const failure = { code: "ServiceUnavailable", reason: "full" };
    expect(await write()).toMatchObject({ ok: false, failure });
    const fillAll = () => {
      for (;;) fill();
    };
    expect(fillAll).toThrow("ENOSPC");
    expect(await write()).toMatchObject({ ok: false, failure });
    rmSync(join(folder, "filling"));
    expect(await write()).toMatchObject({ ok: true });
    execFileSync("mount", ["--bind", folder, folder]);
    opened.defer(() => execFileSync("umount", ["--lazy", folder]));
    execFileSync("mount", ["-o", "remount,bind,ro", folder]);
    const readOnly = { ...failure, reason: "read-only" };
    expect(await write()).toMatchObject({ ok: false, failure: readOnly });
  });
});
