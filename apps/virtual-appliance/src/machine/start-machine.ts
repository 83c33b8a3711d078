import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import { machineParameters, type MachineParameters } from "../core/machine-parameters.ts";
import { type GuestCommand, type GuestResult, parseResult, renderCommand } from "./control-line.ts";

export type Machine = {
  /** Time from switching on until its first process accepted commands. */
  readonly bootMs: number;
  /** Runs a program in the guest, one after the other. */
  run(command: GuestCommand): Promise<GuestResult>;
  /** The same effect as pulling the plug. */
  powerOff(): Promise<void>;
};

const QEMU = "qemu-system-x86_64";
const BOOT_MS = 120_000;
const COMMAND_MS = 120_000;
const LOOK_MS = 20;

/**
 * Switches a virtual machine on.
 *
 * @throws {Error} when it does not boot; the console's file says more
 */
export async function startMachine(parameters: MachineParameters): Promise<Machine> {
  const startedMs = performance.now();
  const child = spawn(QEMU, machineParameters(parameters), { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<never>((_resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(new Error(`the virtual machine ended (${String(code)}) ${said.trim()}`));
    });
  });
  ended.catch(() => undefined); // Every waiting call is rejected.
  const killWithUs = () => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  const within = <Result>(ms: number, what: string, work: Promise<Result>): Promise<Result> =>
    Promise.race([work, ended, timeout(ms, `${what}; see ${parameters.consoleFile}`)]);
  const powerOff = async () => {
    process.off("exit", killWithUs);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };

  try {
    const socket = await within(
      BOOT_MS,
      "no control port",
      connectPatiently(parameters.controlSocket),
    );
    const waiting = new Map<number | "ready", (result: GuestResult) => void>();
    const answerTo = (id: number | "ready") =>
      new Promise<GuestResult>((resolve) => waiting.set(id, resolve));
    const ready = answerTo("ready");
    createInterface({ input: socket }).on("line", (line) => {
      const answer = parseResult(line);
      if (answer === undefined) return;
      waiting.get(answer.id)?.(answer.result);
      waiting.delete(answer.id);
    });
    await within(BOOT_MS, "the guest did not boot", ready);
    let last = 0;
    return {
      bootMs: performance.now() - startedMs,
      run(command) {
        last += 1;
        const answer = answerTo(last);
        socket.write(renderCommand(last, command));
        return within(COMMAND_MS, `no answer to ${command.words.join(" ")}`, answer);
      },
      powerOff,
    };
  } catch (error) {
    await powerOff();
    throw error;
  }
}

async function connectPatiently(path: string): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    try {
      await once(socket, "connect");
      return socket;
    } catch {
      await setTimeout(LOOK_MS); // QEMU has not made it yet
    }
  }
}

async function timeout(ms: number, what: string): Promise<never> {
  await setTimeout(ms, undefined, { ref: false });
  throw new Error(`${what} within ${String(ms / 1000)} s`);
}
