import { chmodSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createFakeBroker, type FakeBroker, openTemporaryFolder } from "@databox-cmk/testkit";

import type { AgentEvent } from "../../src/core/agent-event.ts";
import { DEFAULT_TCTI } from "../../src/core/tpm-key.ts";
import type { CommandDependencies } from "../../src/node/dependencies.ts";
import { runCommand } from "../../src/run-command.ts";
import { commandDependencies } from "../command-dependencies.ts";

const SERIAL = "DOCTOR-1";
const BOOT_ID = "3f0c3a52-5d0b-4a53-8d0e-6b6f0b7c1e11";

type ConnectionChange = Readonly<Record<string, string | boolean | undefined>>;

/** One prepared node, and copies of it to spoil. */
export type DoctorWorld = AsyncDisposable & {
  readonly broker: FakeBroker;
  /** A copy of the prepared node's folder, with its own volume. */
  copy(): PreparedCopy;
  unlock(stateDir: string): Promise<AgentEvent>;
  doctor(stateDir: string, options?: Partial<CommandDependencies>): Promise<AgentEvent>;
};

export type PreparedCopy = {
  readonly stateDir: string;
  readonly volumePath: string;
  connect(change: ConnectionChange): void;
};

export async function createDoctorWorld(): Promise<DoctorWorld> {
  const broker = await createFakeBroker();
  const folder = openTemporaryFolder();
  const root = folder.path;
  const bootIdFile = join(root, "boot-id");
  writeFileSync(bootIdFile, BOOT_ID);
  const prepared = join(root, "prepared");
  const caFile = join(root, "ca.pem");
  writeFileSync(caFile, broker.certificateAuthorityPem, { mode: 0o600 });
  const { enrolmentCode } = await broker.addNode(SERIAL);
  const event = await runCommand(
    {
      command: "prepare",
      arguments: {
        broker: broker.url,
        order: broker.order,
        serial: SERIAL,
        volume: join(root, "volume.img"),
        volumeKind: "file",
        caFile,
        dnsServer: undefined,
        resolveLocalhost: true,
        sizeMib: 32,
        enrolmentCodeFile: undefined,
        formatExisting: false,
        keepVolume: false,
        bootIdFile,
        deviceKey: { kind: "file", tcti: DEFAULT_TCTI, pcrs: undefined },
      },
    },
    { ...dependencies(prepared), readStandardInput: () => Promise.resolve(enrolmentCode) },
  );
  if (event.outcome !== "prepared") throw new Error(JSON.stringify(event));
  let copies = 0;

  return {
    broker,
    copy() {
      copies += 1;
      const stateDir = join(root, `copy-${String(copies)}`);
      const volumePath = join(root, `volume-${String(copies)}.img`);
      cpSync(prepared, stateDir, { recursive: true });
      chmodSync(stateDir, 0o700);
      cpSync(join(root, "volume.img"), volumePath);
      changeSettings(stateDir, (settings) => ({
        ...settings,
        volume: { kind: "file", path: volumePath },
        connection: {
          ...settings.connection,
          certificateAuthorityFile: join(stateDir, "broker-ca.pem"),
        },
      }));
      return {
        stateDir,
        volumePath,
        connect(change) {
          changeSettings(stateDir, (settings) => ({
            ...settings,
            connection: { ...settings.connection, ...change },
          }));
        },
      };
    },
    unlock: (stateDir) =>
      runCommand({ command: "unlock", approval: "keep" }, dependencies(stateDir)),
    doctor: (stateDir, options = {}) =>
      runCommand({ command: "doctor" }, { ...dependencies(stateDir), ...options }),
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

type StoredSettings = { readonly connection: object; readonly volume: object };

function changeSettings(
  stateDir: string,
  change: (settings: StoredSettings) => StoredSettings,
): void {
  const path = join(stateDir, "agent.json");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the agent wrote it a moment ago
  const settings = JSON.parse(readFileSync(path, "utf8")) as StoredSettings;
  writeFileSync(path, JSON.stringify(change(settings)), { mode: 0o600 });
}

const dependencies = (stateDir: string) => commandDependencies({ stateDir, cryptsetupFolders: [] });
