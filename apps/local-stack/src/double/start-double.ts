import { arrangeWorld } from "@databox-cmk/azure-emulator";
import { parseConfig, startBroker } from "@databox-cmk/cloud-broker";

import type { BrokerRunner } from "../stack/broker-process.ts";
import { type Stack, startStack, type StackOptions } from "../stack/start-stack.ts";

export type DoubleOptions = Pick<StackOptions, "directory" | "ports"> &
  Parameters<typeof arrangeWorld>[1];

/**
 * Starts the local stack in this process alone, and brings it into the state that the options
 * describe. Until then the emulator's health says "starting".
 *
 * @throws {AppError} PortInUse
 */
export async function startDouble(options: DoubleOptions): Promise<Stack> {
  let isReady = false;
  const stack = await startStack({
    directory: options.directory,
    ports: options.ports,
    brokerRunner: inThisProcess,
    isReady: () => isReady,
  });
  try {
    const { emulatorControlUrl: controlUrl, caFile } = stack.description;
    await arrangeWorld({ controlUrl, caFile }, options);
  } catch (error) {
    await stack.close();
    throw error;
  }
  isReady = true;
  return stack;
}

/** Settings are checked as those of the environment are; only IMDS's address is read from there. */
export const inThisProcess: BrokerRunner = {
  settings: {},
  async start(settings) {
    process.env["AZURE_POD_IDENTITY_AUTHORITY_HOST"] =
      settings["AZURE_POD_IDENTITY_AUTHORITY_HOST"];
    const broker = await startBroker(parseConfig(settings), (level, event, fields) => {
      if (level === "error") console.error(JSON.stringify({ level, event, ...fields }));
    });
    return { pid: process.pid, stop: () => broker.close(), kill: () => broker.close() };
  },
};
