import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createDeviceEmulator, type DeviceEmulator } from "@databox-cmk/device-emulator";

import { openWorld, type World } from "../harness/open-world.ts";

/**
 * Each released state, by its first port. Names with ports are in tokens, keys and audit rows, so a
 * state opens at the ports at which it was made; `freePort` and the system hand out higher ones.
 */
export const RELEASED = { "9267cc1": 21_100, b45a1c38: 21_110, "0.2.0": 21_120 } as const;
export type Released = keyof typeof RELEASED;

export const SERIAL = "DBX-KEPT";
export const ORDER = "kept";
/** Files that the programs of the release wrote beside their databases. */
export const FILES = {
  activity: "activity.jsonl",
  export: "broker.ndjson",
  postgres: "postgres.sql",
  challenge: "challenge.txt",
  folder: "folder.txt",
} as const;

export const archiveOf = (name: string): string =>
  fileURLToPath(new URL(`${name}.tar.xz`, import.meta.url));

/** The last version before this one: the promise to go back is for it. */
const FORMER = "b45a1c38";

/** Main scripts of {@link FORMER}. */
export function unpackPrograms(folder: string) {
  unpack(`${FORMER}-programs`, folder);
  // The broker's native addon; that of this version is also the former one's.
  symlinkSync(
    fileURLToPath(new URL("../node_modules", import.meta.url)),
    join(folder, "node_modules"),
  );
  return {
    broker: join(folder, "broker", "broker.js"),
    agent: join(folder, "agent", "databox-agent.mjs"),
  } as const;
}

/** The file of what {@link FORMER} writes and reads. */
export function unpackFormerMessages(folder: string): string {
  unpack(`${FORMER}-messages`, folder);
  return join(folder, "messages.json");
}

function unpack(archive: string, folder: string): void {
  execFileSync("tar", ["--extract", "--file", archiveOf(archive), "--directory", folder]);
}

/** A world on the ports of a release; one that was packed goes on where it stood. */
export function openReleased(
  release: Released,
  options: { readonly broker?: string; readonly environment?: Readonly<Record<string, string>> },
  fill: (folder: string) => void = () => undefined,
): Promise<World> {
  const first = RELEASED[release];
  return openWorld((folder) => {
    fill(folder);
    return {
      isKept: true,
      ports: { emulator: first, broker: first + 1, imds: first + 2, dns: first + 3 },
      ...(options.broker !== undefined && { brokerMain: options.broker }),
      brokerEnvironment: { BROKER_PORT: String(first + 1), ...options.environment },
    };
  });
}

/**
 * Unpacks a release's state. The agent's settings name the folder, which is another one now, and
 * the age of its challenge is counted from the boot, which is another machine's.
 */
export function unpackState(release: Released, folder: string): void {
  unpack(release, folder);
  const former = readFileSync(join(folder, FILES.folder), "utf8");
  const rewrite = (name: string, change: (text: string) => string) => {
    const path = join(stateDirOf(folder), name);
    writeFileSync(path, change(readFileSync(path, "utf8")));
  };
  rewrite("agent.json", (text) => text.replaceAll(former, folder));
  const madeAtMs = Math.round(uptime() * 1000);
  rewrite("offline-challenge.json", (text) => JSON.stringify({ ...JSON.parse(text), madeAtMs }));
}

const applianceOf = (folder: string): string => join(folder, "appliances", SERIAL);
const stateDirOf = (folder: string): string => join(applianceOf(folder), SERIAL, "agent");

export const openAppliance = (
  { folder }: World,
  agentCommand: readonly [string, ...string[]],
): DeviceEmulator =>
  createDeviceEmulator({
    directory: applianceOf(folder),
    agentCommand,
    sku: "DataBox",
    serials: [SERIAL],
  });
