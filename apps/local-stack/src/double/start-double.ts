import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { arrangeWorld } from "@databox-cmk/azure-emulator";
import { parseConfig, startBroker } from "@databox-cmk/cloud-broker";

import type { BrokerRunner } from "../stack/broker-process.ts";
import { type Stack, startStack, type StackOptions } from "../stack/start-stack.ts";

const IMDS_HOST = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

export type DoubleOptions = Pick<StackOptions, "directory" | "ports"> &
  Parameters<typeof arrangeWorld>[1];

/**
 * Starts the local stack in this process alone, and brings it into the state that the options
 * describe. Until then the emulator's health says "starting". `POST /reset` of its control API
 * brings it into that state again, with an empty broker: the packed double's is in memory.
 *
 * @throws {AppError} PortInUse
 */
export async function startDouble(options: DoubleOptions): Promise<Stack> {
  let isReady = false;
  ignoreByGit(options.directory);
  const stack = await startStack({
    directory: options.directory,
    ports: options.ports,
    portOption: (name) => (name === "emulator" ? "--port" : `--${name}-port`),
    brokerRunner: inThisProcess,
    isReady: () => isReady,
    afterReset: async () => {
      isReady = false;
      await stack.restartBroker();
      await arrange();
    },
  });
  const arrange = async (): Promise<void> => {
    const { emulatorControlUrl: controlUrl, caFile } = stack.description;
    await arrangeWorld({ controlUrl, caFile }, options);
    isReady = true;
  };
  stack.emulator.keep();
  try {
    await arrange();
  } catch (error) {
    await stack.close();
    throw error;
  }
  return stack;
}

/** The folder holds private keys and secrets; a file that is there stays. */
function ignoreByGit(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, ".gitignore");
  if (!existsSync(file)) writeFileSync(file, "*\n", { flag: "wx" });
}

/**
 * Settings are checked as those of the environment are. Only IMDS's address is read from the
 * environment, which has it until the broker is closed.
 */
export const inThisProcess: BrokerRunner = {
  settings: {},
  async start({ [IMDS_HOST]: imdsHost, ...settings }) {
    await using opened = new AsyncDisposableStack();
    const { [IMDS_HOST]: hostBefore } = process.env;
    setImdsHost(imdsHost);
    opened.defer(() => setImdsHost(hostBefore));
    const broker = await startBroker(parseConfig(settings), (level, event, fields) => {
      if (level === "error") console.error(JSON.stringify({ level, event, ...fields }));
    });
    opened.defer(() => broker.close());
    const running = opened.move();
    const close = () => running.disposeAsync();
    return { pid: process.pid, stop: close, kill: close };
  },
};

function setImdsHost(host: string | undefined): void {
  if (host === undefined) delete process.env[IMDS_HOST];
  else process.env[IMDS_HOST] = host;
}
