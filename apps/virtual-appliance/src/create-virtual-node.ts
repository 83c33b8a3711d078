import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type AgentRun, parseAgentOutput } from "@databox-cmk/testkit";

import type { Image } from "./image/open-image.ts";
import { runTool } from "./image/run-tool.ts";
import type { GuestResult } from "./machine/control-line.ts";
import { type Machine, startMachine } from "./machine/start-machine.ts";
import { startTpm } from "./machine/start-tpm.ts";

export type VirtualNodeOptions = {
  readonly serial: string;
  /** Where its disks are; a second node on the same folder finds them again. */
  readonly folder: string;
  readonly image: Image;
  /** The port of the broker's address; in the guest it is the host's loopback. */
  readonly brokerHost: string;
};

export type VirtualNode = {
  readonly serial: string;
  /** Raw image of the locked volume: `/dev/vda` in the guest. */
  readonly volumePath: string;
  readonly isOn: boolean;
  /** @returns milliseconds until the guest took commands */
  powerOn(unlock?: "boot" | "by-hand"): Promise<number>;
  /** Pulls the plug. */
  powerOff(): Promise<void>;
  /** Its TPM and its own disk are new at the next start; the volume is as it was. */
  replaceMainboard(): void;
  /** Any program in the guest. @throws {RangeError} while it is off */
  run(words: readonly string[], input?: string): Promise<GuestResult>;
  /**
   * @param code - the one-time enrolment code; it goes by standard input.
   * @param further - options of the command
   */
  prepare(
    connection: VirtualNodeConnection,
    code: string,
    further?: readonly string[],
  ): Promise<AgentRun>;
  /**
   * Any command of the agent, such as `["unlock"]`. It is repeated as the agent advises: an
   * emulated processor beside other work can be too slow for the agent's time limits.
   */
  agent(parameters: readonly string[], input?: string): Promise<AgentRun>;
  /** Starts the daemon; after later boots it starts by itself. */
  serve(): Promise<void>;
  /** Ends the daemon as its unit would; an open volume stays open. */
  stopServing(): Promise<void>;
};

export type VirtualNodeConnection = {
  readonly brokerUrl: string;
  /** Resource id. */
  readonly order: string;
  /** PEM on this machine; the guest gets a copy. */
  readonly caFile: string;
};

/** Characters of the guest's console that an error shows. */
const CONSOLE_TAIL = 1_000;
/** An erasure writes and reads all of it. The LUKS2 header takes 16 MiB of it. */
const VOLUME_BYTES = 40 << 20;
const STATE_BYTES = 64 << 20;
const TRIES = 4;
/** Exit code of an agent that got no answer. */
const UNREACHABLE = 4;
/** The volume in the guest. */
const VOLUME_DEVICE = "/dev/vda";
const GUEST_CA_FILE = "/run/ca.pem";

/**
 * A node of an appliance that is a machine of its own: its kernel maps and encrypts the volume as a
 * real one does.
 */
export function createVirtualNode(options: VirtualNodeOptions): VirtualNode {
  const { serial, folder, image, brokerHost } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const volumePath = join(folder, "volume.img");
  const stateDisk = join(folder, "state.img");
  const tpmFolder = join(folder, "tpm");
  const consoleFile = join(folder, "console.log");
  let on: { readonly machine: Machine; readonly opened: AsyncDisposableStack } | undefined;

  const run: VirtualNode["run"] = async (words, input = "") => requireOn().run({ words, input });
  const agent: VirtualNode["agent"] = async (parameters, input) => {
    for (let left = TRIES; ; left -= 1) {
      const ran = await run(["databox-agent", "--json", ...parameters], input);
      const { exitCode, stdout, stderr } = ran;
      if (exitCode === UNREACHABLE && left > 1) continue;
      return { exitCode, events: parseAgentOutput(stdout), stderr };
    }
  };
  const lastWords = () =>
    existsSync(consoleFile) ? readFileSync(consoleFile, "utf8").slice(-CONSOLE_TAIL) : "nothing";
  const requireOn = (): Machine => {
    if (on === undefined) throw new RangeError(`node ${serial} is switched off`);
    return on.machine;
  };
  return {
    serial,
    volumePath,
    get isOn() {
      return on !== undefined;
    },
    async powerOn(unlock = "by-hand") {
      if (on !== undefined) throw new RangeError(`node ${serial} is switched on already`);
      makeDisk(volumePath, VOLUME_BYTES);
      if (makeDisk(stateDisk, STATE_BYTES)) runTool("/usr/sbin/mkfs.ext4", ["-q", stateDisk]);
      await using opening = new AsyncDisposableStack();
      // A socket's path has room for about a hundred characters only.
      const sockets = mkdtempSync(join(tmpdir(), "databox-vm-"));
      opening.defer(() => rmSync(sockets, { recursive: true, force: true }));
      try {
        const tpmSocket = join(sockets, "tpm");
        opening.use(await startTpm(tpmFolder, tpmSocket));
        const machine = await startMachine({
          kernel: image.kernel,
          initialRamDisk: image.initialRamDisk,
          volume: volumePath,
          stateDisk,
          controlSocket: join(sockets, "control"),
          tpmSocket,
          consoleFile,
          brokerHost,
          unlock,
        });
        opening.defer(() => machine.powerOff());
        on = { machine, opened: opening.move() };
        return machine.bootMs;
      } catch (error) {
        throw new Error(`node ${serial} did not start; its console ends with: ${lastWords()}`, {
          cause: error,
        });
      }
    },
    async powerOff() {
      if (on === undefined) return;
      const { opened } = on;
      on = undefined;
      await opened.disposeAsync();
    },
    replaceMainboard() {
      if (on !== undefined) throw new RangeError(`node ${serial} is switched on`);
      for (const path of [stateDisk, tpmFolder]) rmSync(path, { recursive: true });
    },
    run,
    async prepare({ brokerUrl, order, caFile }, code, further = []) {
      await run(["tee", GUEST_CA_FILE], readFileSync(caFile, "utf8"));
      const parameters = [
        ["--broker", brokerUrl, "--order", order, "--serial", serial],
        ["--volume", VOLUME_DEVICE, "--volume-kind", "luks2", "--ca-file", GUEST_CA_FILE],
      ];
      return agent(["prepare", ...parameters.flat(), ...further], code);
    },
    agent,
    async serve() {
      await run(["serve"]);
    },
    async stopServing() {
      const { exitCode, stderr } = await run(["stop"]);
      if (exitCode !== 0) throw new Error(`the daemon ended with ${String(exitCode)}: ${stderr}`);
    },
  };
}

/** Sparse. @returns whether it is new */
function makeDisk(path: string, bytes: number): boolean {
  if (existsSync(path)) return false;
  const file = openSync(path, "wx", 0o600);
  try {
    ftruncateSync(file, bytes);
  } finally {
    closeSync(file);
  }
  return true;
}
