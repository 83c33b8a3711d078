import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { World } from "./open-world.ts";

const BROKER_MAIN = fileURLToPath(
  new URL("main.ts", import.meta.resolve("@databox-cmk/cloud-broker")),
);

/** A command of the broker, as its operator types it on the broker's machine. */
export function runBrokerCommand({ stack }: World, ...args: readonly string[]) {
  return spawnSync(process.execPath, [BROKER_MAIN, ...args], {
    env: stack.brokerEnvironment,
    encoding: "utf8",
  });
}
