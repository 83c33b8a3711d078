import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { decodeBase64url, deriveSplitKey, openEnvelope } from "@databox-cmk/crypto";
import { createFakeBroker, type FakeBroker, folderFor, required } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Volume } from "../../src/core/ports.ts";
import { openVolume } from "../../src/volume/choose-volume.ts";
import { SYSTEM_FOLDERS } from "../../src/volume/luks2/find-cryptsetup.ts";
import { HAS_CRYPTSETUP } from "../agent-world.ts";
import { buildAgent, COUNTED, type KillPoint, rerunAfter, runAgent } from "./agent-process.ts";

let agent: string;
let broker: FakeBroker;
const folder = folderFor(beforeAll);
beforeAll(async () => {
  agent = await buildAgent(folder.path);
  broker = await createFakeBroker();
  writeFileSync(join(folder.path, "ca.pem"), broker.certificateAuthorityPem);
});
afterAll(async () => {
  await broker[Symbol.asyncDispose]();
});

/** The passkey of the current envelope; in split custody, the key of it and the node's share. */
async function keyOf(serial: string): Promise<Uint8Array> {
  const node = required(broker.nodes.get(serial));
  const { context } = node.envelope;
  const opened = await openEnvelope(node.envelope, node.contentKey, context);
  if (context.cus === undefined) return opened;
  const file = join(folder.path, serial, `device-share-${context.env}.json`);
  const { share } = JSON.parse(readFileSync(file, "utf8")) as { share: string };
  return deriveSplitKey(decodeBase64url(share), opened, context);
}

async function opens(volume: Volume, passkey: Uint8Array): Promise<boolean> {
  using opening = volume.beginOpening("test");
  try {
    await opening.offer(passkey);
    return true;
  } catch {
    return false;
  }
}

test.concurrent.each([
  { kind: "file", fewest: 20, skip: false },
  { kind: "luks2", fewest: 30, skip: !HAS_CRYPTSETUP },
  { kind: "file", custody: "split", fewest: 25, skip: false },
] as const)(
  // Evidence: A volume header from a backup.
  // Evidence: Interrupted re-keys.
  "a $kind volume whose rekeying is killed at any step opens by the passkey that is shown, and the next run ends it",
  async ({ kind, fewest, skip, ...options }) => {
    if (skip) return;
    const { custody = "escrow" } = options;
    const serial = `REKEY-${kind}-${custody}`;
    const path = join(folder.path, `${serial}.img`);
    const { enrolmentCode } = await broker.addNode(serial, { custody });
    const state = ["--state-dir", join(folder.path, serial)];
    const run = (command: readonly string[], kill?: KillPoint, input = "") =>
      runAgent(agent, [...state, ...command], input, kill);
    const place = ["--volume", path, "--volume-kind", kind];
    const where = [
      "--broker",
      broker.url,
      "--ca-file",
      join(folder.path, "ca.pem"),
      "--resolve-localhost",
    ];
    const names = ["--order", broker.order, "--serial", serial];
    await run(["prepare", ...where, ...names, ...place], undefined, enrolmentCode);
    await run(["unlock"]);
    const volume = openVolume({ kind, path }, serial, SYSTEM_FOLDERS);

    const whole = await run(["rekey"], COUNTED);
    expect(whole.exitCode).toBe(0);
    expect(whole.steps).toBeGreaterThanOrEqual(fewest);
    for (let at = 1; at <= (whole.steps ?? 0); at += 1) {
      const before = await keyOf(serial);
      const killed = await run(["rekey"], { steps: "all", at });
      expect(killed).toMatchObject({ signal: "SIGKILL" });
      const shown = await keyOf(serial);
      expect({ at, opens: await opens(volume, shown) }).toEqual({ at, opens: true });
      // The next unlock goes on, and so does the next rekeying.
      const next = at % 2 === 0 ? (["unlock", "rekey"] as const) : (["rekey"] as const);
      for (const command of next) {
        const rerun = await run([command], rerunAfter(at, whole.steps));
        expect({ at, ...rerun }).toMatchObject({ at, exitCode: 0 });
        const kept = readFileSync(join(folder.path, serial, "envelope.jws"), "utf8").trim();
        const onVolume = kind === "luks2" ? kept : undefined;
        expect({ at, copy: await volume.readEnvelope() }).toEqual({ at, copy: onVolume });
      }
      expect(await opens(volume, await keyOf(serial))).toBe(true);
      expect(await opens(volume, before)).toBe(false);
      expect(await volume.slots.list()).toHaveLength(1);
    }
    expect(await run(["journal", "--verify"])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(folder.path, serial, "state.json"), "utf8")).not.toContain('"rekey"');
    const shares = readdirSync(join(folder.path, serial)).filter((name) =>
      name.startsWith("device-share"),
    );
    expect(shares).toHaveLength(custody === "split" ? 1 : 0);
  },
);
