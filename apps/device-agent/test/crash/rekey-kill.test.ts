import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { decodeBase64url, deriveSplitKey, openEnvelope } from "@databox-cmk/crypto";
import { createFakeBroker, type FakeBroker, folderFor, required } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Volume } from "../../src/core/ports.ts";
import { openVolume } from "../../src/volume/choose-volume.ts";
import { SYSTEM_FOLDERS } from "../../src/volume/luks2/find-cryptsetup.ts";
import { HAS_CRYPTSETUP } from "../agent-world.ts";
import { buildAgent, COUNTED, type KillPoint, rerunAfter, runAgent } from "./agent-process.ts";

const FORMER = new URL("../../../../e2e/former/", import.meta.url);

let agents: Readonly<Record<Version, string>>;
let broker: FakeBroker;
const folder = folderFor(beforeAll);
beforeAll(async () => {
  agents = { present: await buildAgent(folder.path), former: unpackFormer() };
  broker = await createFakeBroker();
  writeFileSync(join(folder.path, "ca.pem"), broker.certificateAuthorityPem);
});
afterAll(async () => {
  await broker[Symbol.asyncDispose]();
});

/** The agent of the former version, as it shipped. */
function unpackFormer(): string {
  const archive = required(readdirSync(FORMER).find((name) => name.endsWith("-programs.tar.xz")));
  const from = fileURLToPath(new URL(archive, FORMER));
  execFileSync("tar", ["--extract", "--file", from, "--directory", folder.path, "agent"]);
  return join(folder.path, "agent", "databox-agent.mjs");
}

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

type Version = "present" | "former";
type Row = {
  readonly kind: "file" | "luks2";
  readonly custody: "escrow" | "split";
  /** The version that is killed, and the one that ends what it began: an upgrade, or the way back. */
  readonly killed: Version;
  readonly next: Version;
  readonly fewest: number;
};
const ROWS: readonly Row[] = [
  { kind: "file", custody: "escrow", killed: "present", next: "present", fewest: 20 },
  { kind: "luks2", custody: "escrow", killed: "present", next: "present", fewest: 30 },
  { kind: "file", custody: "split", killed: "present", next: "present", fewest: 25 },
  { kind: "luks2", custody: "escrow", killed: "former", next: "present", fewest: 30 },
  { kind: "luks2", custody: "escrow", killed: "present", next: "former", fewest: 30 },
  { kind: "file", custody: "split", killed: "former", next: "present", fewest: 25 },
  { kind: "file", custody: "split", killed: "present", next: "former", fewest: 25 },
];

test.concurrent.each(ROWS)(
  // Evidence: A volume header from a backup.
  // Evidence: Interrupted re-keys.
  "a $kind volume in $custody, whose rekeying by the $killed agent is killed at any step, opens by the passkey that is shown, and the next run of the $next agent ends it",
  async ({ kind, custody, killed: begins, next: ends, fewest }) => {
    if (kind === "luks2" && !HAS_CRYPTSETUP) return;
    const serial = `REKEY-${kind}-${custody}-${begins}-${ends}`;
    const path = join(folder.path, `${serial}.img`);
    const { enrolmentCode } = await broker.addNode(serial, { custody });
    const state = ["--state-dir", join(folder.path, serial)];
    const runOf = (version: Version, command: readonly string[], kill?: KillPoint, input = "") =>
      runAgent(
        agents[version],
        [...state, ...command],
        input,
        // Only the present one can run in this process.
        kill ?? (version === "former" ? COUNTED : undefined),
      );
    const run = (command: readonly string[], kill?: KillPoint, input = "") =>
      runOf(begins, command, kill, input);
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
    let at = 0;
    let isKilled = true;
    while (isKilled) {
      at += 1;
      const before = await keyOf(serial);
      const killed = await run(["rekey"], { steps: "all", at });
      isKilled = killed.signal === "SIGKILL";
      // A run that has fewer steps ends by itself, and the walk with it.
      expect({ at, exitCode: killed.exitCode ?? 0 }).toEqual({ at, exitCode: 0 });
      const shown = await keyOf(serial);
      expect({ at, opens: await opens(volume, shown) }).toEqual({ at, opens: true });
      // The next unlock goes on, and so does the next rekeying.
      const next = at % 2 === 0 ? (["unlock", "rekey"] as const) : (["rekey"] as const);
      for (const command of next) {
        const rerun = await runOf(ends, [command], rerunAfter(at, whole.steps));
        expect({ at, ...rerun }).toMatchObject({ at, exitCode: 0 });
        const kept = readFileSync(join(folder.path, serial, "envelope.jws"), "utf8").trim();
        const onVolume = kind === "luks2" ? kept : undefined;
        expect({ at, copy: await volume.readEnvelope() }).toEqual({ at, copy: onVolume });
      }
      expect(await opens(volume, await keyOf(serial))).toBe(true);
      expect(await opens(volume, before)).toBe(false);
      expect(await volume.slots.list()).toHaveLength(1);
    }
    expect(at).toBeGreaterThan(fewest);
    for (const version of [begins, ends])
      expect(await runOf(version, ["journal", "--verify"])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(folder.path, serial, "state.json"), "utf8")).not.toContain('"rekey"');
    const shares = readdirSync(join(folder.path, serial)).filter((name) =>
      name.startsWith("device-share"),
    );
    expect(shares).toHaveLength(custody === "split" ? 1 : 0);
  },
);
