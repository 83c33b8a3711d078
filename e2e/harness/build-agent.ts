import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const AGENT = fileURLToPath(new URL("../../apps/device-agent", import.meta.url));

/**
 * Appliances run the agent as it is shipped: its bundle, made afresh, so that no test runs an old
 * one.
 */
export function setup(): void {
  execFileSync("node_modules/.bin/rolldown", ["-c"], { cwd: AGENT });
}
