import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { type AgentRun, parseAgentOutput } from "@databox-cmk/testkit";

import { type AgentService, serveAgent } from "./serve-agent.ts";
import { type Tampering, TAMPERINGS } from "./tamper.ts";

export type NodeConnection = {
  readonly brokerUrl: string;
  readonly order: string;
  readonly caFile: string;
  /** `address:port`. */
  readonly dnsServer?: string;
  readonly volumeKind?: "luks2" | "file" | "auto";
};

export type EmulatedNode = {
  readonly serial: string;
  readonly stateDir: string;
  readonly diskPath: string;
  readonly isOn: boolean;
  /** Program that cuts this node's power, for `serve --shut-down-command`. */
  readonly powerOffCommand: string;
  /** A new boot: an unlocked volume is locked again. */
  powerOn(): void;
  powerOff(): Promise<void>;
  tamper(kind: Tampering): void;
  /** @param code - the one-time enrolment code; it goes by standard input. */
  prepare(connection: NodeConnection, code: string): Promise<AgentRun>;
  /**
   * The agent's daemon with this node's page, until it is disposed or the node loses its power.
   *
   * @param port - 0 (default) takes a free one
   */
  serve(port?: number): Promise<AgentService>;
  /** Any command of the agent, such as `["unlock"]`. */
  agent(parameters: readonly string[], input?: string): Promise<AgentRun>;
};

/** @throws {RangeError} from `agent`, `serve` and `prepare` while the node is off */
export function createEmulatedNode(options: {
  readonly serial: string;
  readonly folder: string;
  readonly diskMib: number;
  /** The name of the appliance on its page. */
  readonly model: string;
  readonly agentCommand: readonly [string, ...string[]];
}): EmulatedNode {
  const { serial, folder, diskMib, model, agentCommand } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stateDir = join(folder, "agent");
  const diskPath = join(folder, "disk.img");
  const bootIdFile = join(folder, "boot-id");
  const stateFile = join(stateDir, "state.json");
  const powerOffCommand = join(folder, "power-off");
  writeFileSync(powerOffCommand, `#!/bin/sh\nexec rm -f -- "$(dirname "$0")/boot-id"\n`, {
    mode: 0o700,
  });
  let stateAtPowerOn: string | undefined;
  const isOn = () => existsSync(bootIdFile);

  let power = new AbortController();
  const cutPower = () => {
    rmSync(bootIdFile, { force: true });
    power.abort();
  };
  const requireOn = () => {
    if (!isOn()) throw new RangeError(`node ${serial} is switched off`);
  };

  const agent = async (parameters: readonly string[], input?: string): Promise<AgentRun> => {
    requireOn();
    return runAgent(agentCommand, ["--state-dir", stateDir, ...parameters], input);
  };

  return {
    serial,
    stateDir,
    diskPath,
    powerOffCommand,
    get isOn() {
      return isOn();
    },
    powerOn() {
      power = new AbortController();
      writeFileSync(bootIdFile, `${randomUUID()}\n`, { mode: 0o600 });
      stateAtPowerOn = existsSync(stateFile) ? readFileSync(stateFile, "utf8") : undefined;
    },
    async powerOff() {
      // A real machine loses its mappings with its power; this one shares the kernel of its host.
      if (isOn() && existsSync(`/dev/mapper/databox-${serial.toLowerCase()}`))
        await agent(["lock"]);
      cutPower();
    },
    tamper(kind) {
      TAMPERINGS[kind]({ stateDir, diskPath, stateAtPowerOn });
    },
    prepare(connection, code) {
      const { dnsServer, volumeKind = "auto" } = connection;
      const parameters = [
        ["--broker", connection.brokerUrl],
        ["--order", connection.order],
        ["--serial", serial],
        ["--volume", diskPath],
        ["--volume-kind", volumeKind],
        ["--size-mib", String(diskMib)],
        ["--ca-file", connection.caFile],
        ["--boot-id-file", bootIdFile],
        // Several nodes would share the TPM of this machine.
        ["--device-key", "file"],
        dnsServer === undefined ? ["--resolve-localhost"] : ["--dns-server", dnsServer],
      ];
      return agent(["prepare", ...parameters.flat()], code);
    },
    async serve(port = 0) {
      requireOn();
      const service = await serveAgent(agentCommand, {
        stateDir,
        port,
        model,
        shutDownCommand: powerOffCommand,
        power: power.signal,
      });
      // The page's own command: a machine that shuts down ends its services by SIGTERM, so that the
      // answer to the page still leaves.
      const watching = watch(folder, () => {
        if (!isOn()) void service[Symbol.asyncDispose]();
      });
      void service.ended.finally(() => {
        watching.close();
      });
      return service;
    },
    agent,
  };
}

const DEADLINE_MS = 300_000;

/** Runs the real agent as a process of its own, as the appliance's system would. */
async function runAgent(
  command: readonly [string, ...string[]],
  parameters: readonly string[],
  input = "",
): Promise<AgentRun> {
  const [program, ...fixed] = command;
  const child = spawn(program, [...fixed, "--json", ...parameters], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {},
    timeout: DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  child.stdin.on("error", () => undefined); // An agent that reads no input has closed it.
  child.stdin.end(input);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { exitCode: Number(exitCode ?? -1), events: parseAgentOutput(stdout), stderr };
}
