import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { verifyMessage, type VerifyKey } from "@databox-cmk/crypto";
import { MESSAGE_TYPES, sanitisation } from "@databox-cmk/protocol";
import { folderFor } from "@databox-cmk/testkit";
import { beforeAll, describe, expect, test } from "vitest";

import { takeAgentLock } from "../src/state/agent-lock.ts";
import { discardMedium, readMedium, verifyMedium } from "../src/volume/erase-medium.ts";
import {
  createAgentWorld,
  createPreparedWorld,
  HAS_CRYPTSETUP,
  KINDS,
  nodeOf,
  seen,
  SERIAL,
  shownPasskey,
  type AgentWorld,
} from "./agent-world.ts";
import { deny } from "./deny.ts";
import { HAS_TPM, startSwtpm } from "./start-swtpm.ts";

const done = () => Promise.resolve(true);
const failed = () => Promise.resolve(false);
const typed = (text: string) => () => Promise.resolve(text);
const cryptsetup = (parameters: readonly string[], input: Uint8Array = new Uint8Array()) =>
  spawnSync("/usr/sbin/cryptsetup", parameters, { input }).status;
const HEADER_BYTES = 16 * 1024 * 1024;
const erased = { exit: 0, outcome: "erased" };

const erase = (world: AgentWorld, serial: string = SERIAL) =>
  world.run({ command: "erase", serial });
const isBlank = (bytes: Uint8Array) => Buffer.from(bytes).equals(Buffer.alloc(bytes.byteLength));
const certificateOf = (world: AgentWorld, deviceKey: VerifyKey | undefined) => {
  const { certificate = "" } = nodeOf(world);
  if (deviceKey === undefined) throw new Error("no device key");
  return sanitisation.parse(verifyMessage(certificate, deviceKey, MESSAGE_TYPES.sanitisation));
};

describe.each(KINDS)("the erasure of a node with a $volumeKind volume", ({ volumeKind, skip }) => {
  test.skipIf(skip)(
    "leaves zeros on the medium, a certificate and the journal, and opens nothing again",
    async () => {
      await using world = await createPreparedWorld({ volumeKind });
      const passkey = await shownPasskey(world);
      const before = readFileSync(world.diskPath);
      // Stands for the data: without device-mapper nothing can be written through the volume.
      if (volumeKind === "luks2") {
        before.write("ciphertext of the customer", HEADER_BYTES + 4096);
        writeFileSync(world.diskPath, before);
      }
      expect(seen(await world.unlock())).toMatchObject({ outcome: "unlocked" });
      const { deviceKey } = nodeOf(world);
      expect(seen(await erase(world))).toMatchObject(erased);

      const medium = readFileSync(world.diskPath);
      expect(medium.byteLength).toBe(before.byteLength);
      expect(isBlank(medium)).toBe(true);
      expect(readdirSync(world.stateDir).toSorted()).toEqual(["erasure.json", "journal.jsonl"]);
      const { id } = certificateOf(world, deviceKey).medium;
      expect(certificateOf(world, deviceKey)).toMatchObject({
        serial: SERIAL,
        order: world.broker.order,
        medium: {
          path: world.diskPath,
          kind: "file",
          volume: volumeKind,
          bytes: before.byteLength,
        },
        method: expect.stringContaining(`all ${String(before.byteLength)} bytes`),
      });
      const kept = readFileSync(join(world.stateDir, "erasure.json"), "utf8");
      expect(JSON.parse(kept)).toMatchObject({
        step: "erased",
        certificate: nodeOf(world).certificate,
      });
      const journal = readFileSync(join(world.stateDir, "journal.jsonl"), "utf8");
      expect(journal).toContain('"sanitised"');
      // No daemon delivers it later.
      expect(nodeOf(world).journal.at(-1)?.event).toBe("sanitised");
      expect(nodeOf(world).journal).toHaveLength(journal.trim().split("\n").length);
      expect(journal).toContain(id);

      expect(await world.status()).toMatchObject({
        outcome: "erased",
        node: SERIAL,
        details: { order: world.broker.order, erasure: "erased" },
      });
      expect(await erase(world)).toMatchObject({
        outcome: "erased",
        notes: ["it was erased already"],
      });
      // Not even with the medium of before, header and data.
      writeFileSync(world.diskPath, before);
      const refused = { exit: 3, code: "NodeErased", reason: undefined };
      expect(seen(await world.unlock())).toEqual({ ...refused, outcome: "refused" });
      expect(seen(await world.lock())).toMatchObject(refused);
      expect(seen(await world.prepare())).toMatchObject(refused);
      const readSecret = () => Promise.resolve(passkey.slice());
      expect(seen(await world.run({ command: "passkey" }, { readSecret }))).toMatchObject(refused);
    },
  );

  test.skipIf(skip)("is refused, and changes nothing", async () => {
    await using world = await createPreparedWorld({ volumeKind });
    const before = readFileSync(world.diskPath);
    expect(seen(await erase(world, "DBX-OTHER"))).toMatchObject({
      exit: 5,
      code: "ErasureSerialMismatch",
    });
    expect(
      seen(await world.run({ command: "erase" }, { readStandardInput: typed("DBX-TEST-2\n") })),
    ).toMatchObject({
      code: "ErasureSerialMismatch",
    });
    world.broker.refusal = { code: "ErasureForbidden", reason: "copy" };
    expect(seen(await erase(world))).toMatchObject({ exit: 3, code: "ErasureForbidden" });
    world.broker.refusal = undefined;
    world.broker.intercept = () => (response) => response.destroy();
    expect(seen(await erase(world))).toMatchObject({ exit: 4, code: "BrokerUnreachable" });
    world.broker.intercept = undefined;
    {
      using daemon = takeAgentLock(world.stateDir, "daemon");
      void daemon;
      expect(seen(await erase(world))).toMatchObject({
        exit: 5,
        code: "AgentBusy",
        reason: "service",
      });
    }
    // Another disk has taken the path.
    copyFileSync(world.diskPath, `${world.diskPath}.own`);
    for (const other of [Buffer.alloc(4096, "x"), Buffer.alloc(4096)]) {
      writeFileSync(world.diskPath, other);
      expect(seen(await erase(world))).toMatchObject({ exit: 5, code: "VolumeUnavailable" });
      expect(readFileSync(world.diskPath).equals(other)).toBe(true);
    }
    rmSync(world.diskPath);
    expect(seen(await erase(world))).toMatchObject({ exit: 5, code: "VolumeNotFound" });
    copyFileSync(`${world.diskPath}.own`, world.diskPath);

    expect(readFileSync(world.diskPath).equals(before)).toBe(true);
    expect(nodeOf(world).certificate).toBeUndefined();
    expect(seen(await world.unlock())).toMatchObject({ outcome: "unlocked" });
  });
});

test.skipIf(!HAS_CRYPTSETUP)(
  "a backup of the header still takes the old passkey, and there is no ciphertext for it",
  async () => {
    await using world = await createPreparedWorld({ volumeKind: "luks2" });
    const passkey = await shownPasskey(world);
    const backup = join(world.folder, "header.backup");
    const take = ["luksHeaderBackup", "--header-backup-file", backup, world.diskPath];
    expect(cryptsetup(take)).toBe(0);
    expect(seen(await erase(world))).toMatchObject(erased);
    const open = ["open", "--test-passphrase", "--batch-mode", "--key-file=-", world.diskPath];
    expect(cryptsetup(open, passkey)).not.toBe(0);
    const restore = ["luksHeaderRestore", "--batch-mode", "--header-backup-file", backup];
    expect(cryptsetup([...restore, world.diskPath])).toBe(0);
    expect(cryptsetup(open, passkey)).toBe(0);
    expect(isBlank(readFileSync(world.diskPath).subarray(HEADER_BYTES))).toBe(true);
  },
);

/** Erases the node, with the notes that it tells meanwhile. */
const eraseAloud = async (world: AgentWorld) => {
  const told: unknown[] = [];
  const report = (event: unknown) => told.push(event);
  expect(seen(await world.run({ command: "erase", serial: SERIAL }, { report }))).toMatchObject(
    erased,
  );
  return JSON.stringify(told);
};

test("a journal that is broken in its middle is left to keep, and the erasure is certified", async () => {
  await using world = await createPreparedWorld();
  const path = join(world.stateDir, "journal.jsonl");
  const lines = readFileSync(path, "utf8").split("\n");
  writeFileSync(path, ["not a row", ...lines.slice(1)].join("\n"));
  expect(await eraseAloud(world)).toMatch(/did not take \d+ rows/);
  expect(nodeOf(world).certificate).toBeDefined();
});

test("a broker that is busy for a moment still takes the journal of an erased node", async () => {
  await using world = await createPreparedWorld();
  deny(world.broker, "/journal", "BrokerBusy");
  const { intercept: refuse } = world.broker;
  world.broker.intercept = (asked) => {
    if (asked.path.endsWith("/journal")) world.broker.intercept = undefined;
    return refuse?.(asked) ?? asked.answer;
  };
  expect(await eraseAloud(world)).not.toContain("did not take");
});

test("an erasure whose certificate was not countersigned is not called erased, and goes on", async () => {
  await using world = await createPreparedWorld({ custody: "split" });
  world.broker.intercept = ({ path, answer }) =>
    path.endsWith("/sanitisations") ? (response) => response.destroy() : answer;
  expect(seen(await erase(world))).toMatchObject({ exit: 4, code: "BrokerUnreachable" });
  expect(await world.status()).toMatchObject({
    outcome: "erasing",
    details: { erasure: "sanitised" },
  });
  const refused = { exit: 3, code: "NodeErased", reason: "erasing" };
  expect(seen(await world.unlock())).toMatchObject(refused);
  expect(readdirSync(world.stateDir).join(" ")).not.toMatch(/device-share|envelope/);
  expect(isBlank(readFileSync(world.diskPath))).toBe(true);
  world.broker.intercept = undefined;
  expect(seen(await erase(world, "DBX-OTHER"))).toMatchObject({ code: "ErasureSerialMismatch" });
  // The daemon's next start finishes it, too.
  const serve = { command: "serve", lockOnExit: false } as const;
  expect(seen(await world.run(serve))).toMatchObject(erased);
  expect(await world.status()).toMatchObject({ outcome: "erased" });
  expect(seen(await world.run(serve))).toMatchObject({ code: "NodeErased" });
});

/** The run ends when it has told this much. */
const eraseUntil = (world: AgentWorld, note: RegExp) => {
  let ticks = 0;
  return world.run(
    { command: "erase", serial: SERIAL },
    {
      elapsedMs: () => (ticks += 10_000),
      report: (event) => {
        if (note.test(JSON.stringify(event))) throw new Error("interrupted");
      },
    },
  );
};

describe.each(KINDS)("an interrupted erasure of a $volumeKind volume", ({ volumeKind, skip }) => {
  test.skipIf(skip).each([
    ["before anything is destroyed", /are overwritten and read back/],
    ["while it overwrites", /overwritten: /],
    ["while it reads back", /read back: /],
  ])("%s touches no other medium that its path names, and finishes its own", async (_, note) => {
    await using world = await createPreparedWorld({ volumeKind });
    const size = readFileSync(world.diskPath).byteLength;
    await eraseUntil(world, note);
    expect(await world.status()).toMatchObject({ details: { erasure: "begun" } });
    renameSync(world.diskPath, `${world.diskPath}.own`);
    for (const other of [
      Buffer.alloc(size, "x"),
      Buffer.alloc(size),
      Buffer.alloc(3 * 1024 * 1024, "y"),
    ]) {
      writeFileSync(world.diskPath, other);
      expect(seen(await erase(world))).toMatchObject({ exit: 5, code: "VolumeUnavailable" });
      expect(readFileSync(world.diskPath).equals(other)).toBe(true);
    }
    expect(nodeOf(world).certificate).toBeUndefined();
    renameSync(`${world.diskPath}.own`, world.diskPath);
    expect(seen(await erase(world))).toMatchObject(erased);
    expect(isBlank(readFileSync(world.diskPath))).toBe(true);
  });

  test.skipIf(skip)("whose mark is gone already writes to no medium", async () => {
    await using world = await createPreparedWorld({ volumeKind });
    await eraseUntil(world, /read back: /);
    const path = join(world.stateDir, "erasure.json");
    const begun = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...begun, step: "overwritten", discard: "none" }));
    const size = readFileSync(world.diskPath).byteLength;
    const other = Buffer.alloc(size);
    other[size - 1] = 1;
    writeFileSync(world.diskPath, other);
    expect(["ErasureUnverified", "VolumeUnavailable"]).toContain(seen(await erase(world)).code);
    expect(readFileSync(world.diskPath).equals(other)).toBe(true);
    writeFileSync(world.diskPath, Buffer.alloc(size));
    expect(seen(await erase(world))).toMatchObject(erased);
  });

  test.skipIf(skip)("of an earlier agent, which named no medium, needs the volume", async () => {
    await using world = await createPreparedWorld({ volumeKind });
    await eraseUntil(world, /are overwritten and read back/);
    const path = join(world.stateDir, "erasure.json");
    const { medium: _medium, ...begun } = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify(begun));
    const own = readFileSync(world.diskPath);
    writeFileSync(world.diskPath, Buffer.alloc(own.byteLength));
    expect(seen(await erase(world))).toMatchObject({ code: "VolumeUnavailable" });
    writeFileSync(world.diskPath, own);
    expect(seen(await erase(world))).toMatchObject(erased);
  });

  test.skipIf(skip)("of an earlier agent is finished once a person names the medium", async () => {
    await using world = await createPreparedWorld({ volumeKind });
    await eraseUntil(world, /are overwritten and read back/);
    const path = join(world.stateDir, "erasure.json");
    const { medium: _medium, ...begun } = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify(begun));
    const withoutHeader = readFileSync(world.diskPath);
    withoutHeader.subarray(0, 2 * 1024 * 1024).fill(0);
    writeFileSync(world.diskPath, withoutHeader);
    expect(seen(await erase(world))).toMatchObject({ code: "VolumeUnavailable" });
    const guide = readFileSync(
      new URL("../../../docs/appliance/agent.md", import.meta.url),
      "utf8",
    );
    const [, printed = ""] =
      /^<!-- run by apps\/device-agent\/test\/erase.test.ts -->\n\n```sh\n(.*?)^```$/ms.exec(
        guide,
      ) ?? [];
    const script = printed
      .replace("/var/lib/databox-agent", world.stateDir)
      .replace("/dev/disk/by-id/DRIVE", world.diskPath);
    execFileSync("sh", ["-euc", script]);
    expect(seen(await erase(world))).toMatchObject(erased);
    expect(isBlank(readFileSync(world.diskPath))).toBe(true);
  });
});

test("what lies beside the node's files goes, too, and nothing that a link names", async () => {
  await using world = await createPreparedWorld();
  const outside = join(world.folder, "outside");
  writeFileSync(outside, "stays");
  symlinkSync(outside, join(world.stateDir, "link"));
  writeFileSync(join(world.stateDir, "ui-certificate.pem"), "a private key");
  expect(seen(await erase(world))).toMatchObject(erased);
  expect(readdirSync(world.stateDir).toSorted()).toEqual(["erasure.json", "journal.jsonl"]);
  expect(readFileSync(outside, "utf8")).toBe("stays");
});

test.skipIf(!HAS_TPM)(
  "a device key of the TPM signs the certificate, and is gone with its share",
  async () => {
    await using tpm = await startSwtpm();
    await using world = await createAgentWorld({ custody: "split" });
    const deviceKey = { kind: "tpm", tcti: tpm.tcti, pcrs: undefined } as const;
    expect(seen(await world.prepare({ deviceKey }))).toMatchObject({ outcome: "prepared" });
    const { deviceKey: known } = nodeOf(world);
    expect(seen(await erase(world))).toMatchObject(erased);
    expect(certificateOf(world, known)).toMatchObject({ serial: SERIAL });
    const devices = readdirSync(world.stateDir).filter((name) => name.startsWith("device-"));
    expect(devices).toEqual([]);
  },
);

test("an erasure says how far it is", async () => {
  await using world = await createPreparedWorld();
  let elapsed = 0;
  const told: unknown[] = [];
  const ended = await world.run(
    { command: "erase", serial: SERIAL },
    { elapsedMs: () => (elapsed += 10_000), report: (event) => told.push(event) },
  );
  expect(seen(ended)).toMatchObject(erased);
  expect(told.at(1)).toMatchObject({ outcome: "erasing", notes: ["overwritten: 100 %"] });
  expect(told.at(-1)).toMatchObject({ outcome: "erasing", notes: ["read back: 100 %"] });
});

describe("a medium", () => {
  const folder = folderFor(beforeAll);
  const device = { kind: "block device", bytes: 5000 } as const;

  test("is proven to be erased only when every byte reads back as zero", async () => {
    const path = join(folder.path, "disk");
    writeFileSync(path, Buffer.alloc(5000));
    await verifyMedium(path, readMedium(path));
    await verifyMedium(path, device, { run: done });
    const unverified = { code: "ErasureUnverified" };
    await expect(verifyMedium(path, device, { run: failed })).rejects.toMatchObject(unverified);
    const longer = { ...device, bytes: 5001 };
    await expect(verifyMedium(path, longer, { run: done })).rejects.toMatchObject(unverified);
    writeFileSync(path, Buffer.alloc(5000).fill(1, 4999));
    await expect(verifyMedium(path, device, { run: done })).rejects.toMatchObject(unverified);
  });

  test.each([
    ["secure", ["blkdiscard --secure --length 904 /dev/x"], done],
    [
      "plain",
      ["blkdiscard --secure --length 904 /dev/x", "blkdiscard --length 904 /dev/x"],
      (_program: string, parameters: readonly string[]) =>
        Promise.resolve(!parameters.includes("--secure")),
    ],
    ["none", ["blkdiscard --secure --length 904 /dev/x", "blkdiscard --length 904 /dev/x"], failed],
  ] as const)(
    "offers %s discard, and keeps the mark at its end",
    async (discard, calls, answer) => {
      const called: string[] = [];
      const run = (program: string, parameters: readonly string[]) => {
        called.push([program, ...parameters].join(" "));
        return answer(program, parameters);
      };
      expect(await discardMedium("/dev/x", device, run)).toBe(discard);
      expect(called).toEqual(calls);
      expect(await discardMedium("/a/file", { ...device, kind: "file" }, run)).toBe("none");
    },
  );
});
