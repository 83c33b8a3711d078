import type { JsonWebKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { openEnvelope } from "@databox-cmk/crypto";
import {
  createFakeBroker,
  type FakeBroker,
  openTemporaryFolder,
  required,
  requireTool,
} from "@databox-cmk/testkit";

import type { AgentEvent } from "../src/core/agent-event.ts";
import type { Command } from "../src/core/command.ts";
import type { PrepareArguments } from "../src/core/command.ts";
import type { UnlockOptions } from "../src/core/command.ts";
import { exitCodeOf } from "../src/core/exit-codes.ts";
import { DEFAULT_TCTI } from "../src/core/tpm-key.ts";
import type { CommandDependencies } from "../src/node/dependencies.ts";
import { runCommand } from "../src/run-command.ts";
import { findCryptsetup, SYSTEM_FOLDERS } from "../src/volume/luks2/find-cryptsetup.ts";
import { commandDependencies } from "./command-dependencies.ts";

export const SERIAL = "DBX-TEST-1";

/** Integration tests need the real program; a machine without it skips them, CI may not. */
export const HAS_CRYPTSETUP = requireTool(
  "cryptsetup",
  findCryptsetup(SYSTEM_FOLDERS) !== undefined,
);

/** Both kinds of volumes, and what proves that the key of each is right. */
export const KINDS = [
  { volumeKind: "file", proof: "authenticated-header", skip: false },
  { volumeKind: "luks2", proof: "cryptsetup", skip: !HAS_CRYPTSETUP },
] as const;

/** One node in a folder of its own, and a broker that knows it. Commands run in this process. */
export type AgentWorld = AsyncDisposable & {
  readonly broker: FakeBroker;
  readonly folder: string;
  readonly stateDir: string;
  readonly diskPath: string;
  readonly bootIdFile: string;
  readonly dependencies: CommandDependencies;
  readonly prepareArguments: PrepareArguments;
  run(command: Command, changes?: Partial<CommandDependencies>): Promise<AgentEvent>;
  prepare(changes?: Partial<PrepareArguments>): Promise<AgentEvent>;
  /** Once, unless it is told to wait. */
  unlock(
    changes?: Partial<CommandDependencies>,
    options?: Partial<UnlockOptions>,
  ): Promise<AgentEvent>;
  lock(): Promise<AgentEvent>;
  status(): Promise<AgentEvent>;
  boot(id: string): void;
};

/** The node, as the broker knows it. */
export const nodeOf = ({ broker }: AgentWorld) => required(broker.nodes.get(SERIAL));

/** The passkey that the portal would show. */
export function shownPasskey(world: AgentWorld): Promise<Uint8Array> {
  const { envelope, contentKey, order, serial } = nodeOf(world);
  return openEnvelope(envelope, contentKey, { env: envelope.context.env, ord: order, dev: serial });
}

/** Opens the node by a passkey. */
export const typePasskey = (world: AgentWorld, passkey: Uint8Array) =>
  world.run({ command: "passkey" }, { readSecret: async () => passkey.slice() });

export async function createAgentWorld(
  options: {
    readonly volumeKind?: "luks2" | "file";
    readonly passkeyOrigin?: "generated" | "customer";
    readonly unlockKey?: Uint8Array;
    readonly custody?: "escrow" | "split";
    /** The owner's recovery keys. */
    readonly recoveryKeys?: readonly JsonWebKey[];
  } = {},
): Promise<AgentWorld> {
  const { volumeKind = "file", recoveryKeys, ...nodeOptions } = options;
  const broker = await createFakeBroker();
  if (recoveryKeys !== undefined) broker.extensions = { recoveryKeys };
  const node = await broker.addNode(SERIAL, nodeOptions);
  const opened = openTemporaryFolder();
  const folder = opened.path;
  const stateDir = join(folder, "state");
  const bootIdFile = join(folder, "boot-id");
  const caFile = join(folder, "ca.pem");
  const diskPath = join(folder, "disk.img");
  writeFileSync(caFile, broker.certificateAuthorityPem);
  let ticks = 0;
  const dependencies = commandDependencies({
    stateDir,
    nowIso: () => new Date(1_800_000_000_000 + ticks).toISOString(),
    elapsedMs: () => (ticks += 1),
    readStandardInput: async () => `${node.enrolmentCode}\n`,
    readSecret: async () => new TextEncoder().encode("Never-Was-A-Key-1"),
  });
  const prepareArguments: PrepareArguments = {
    broker: broker.url,
    order: broker.order,
    serial: SERIAL,
    volume: diskPath,
    volumeKind,
    caFile,
    dnsServer: undefined,
    resolveLocalhost: true,
    sizeMib: 64,
    enrolmentCodeFile: undefined,
    formatExisting: false,
    keepVolume: false,
    bootIdFile,
    deviceKey: { kind: "file", tcti: DEFAULT_TCTI, pcrs: undefined },
  };
  const run: AgentWorld["run"] = (command, changes) =>
    runCommand(command, { ...dependencies, ...changes });
  const world: AgentWorld = {
    broker,
    folder,
    stateDir,
    diskPath,
    bootIdFile,
    dependencies,
    prepareArguments,
    run,
    prepare: (changes) =>
      run({ command: "prepare", arguments: { ...prepareArguments, ...changes } }),
    unlock: (changes, unlock) => run({ command: "unlock", approval: "keep", ...unlock }, changes),
    lock: () => run({ command: "lock", prepareToShip: false }),
    status: () => run({ command: "status" }),
    boot(id) {
      writeFileSync(bootIdFile, `${id}\n`);
    },
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]();
      opened[Symbol.dispose]();
    },
  };
  world.boot("boot-number-1");
  return world;
}

export async function createPreparedWorld(
  options?: Parameters<typeof createAgentWorld>[0],
): Promise<AgentWorld> {
  const world = await createAgentWorld(options);
  const event = await world.prepare();
  if (event.outcome !== "prepared") {
    await world[Symbol.asyncDispose]();
    throw new Error(`not prepared: ${JSON.stringify(event)}`);
  }
  return world;
}

/** The result as a script sees it. */
export function seen(event: AgentEvent) {
  const { outcome } = event;
  const code = "code" in event ? event.code : undefined;
  const reason = "reason" in event ? event.reason : undefined;
  return { exit: exitCodeOf(event), outcome, code, reason };
}
