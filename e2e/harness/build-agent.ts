import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { AGENT_BUNDLE } from "@databox-cmk/device-agent";

const AGENT = fileURLToPath(new URL("../../apps/device-agent", import.meta.url));

/** Appliances run the agent as it is shipped: its bundle. `npm test` makes it; a bare vitest may come first. */
export function setup(): void {
  if (!existsSync(AGENT_BUNDLE)) execFileSync("node_modules/.bin/rolldown", ["-c"], { cwd: AGENT });
}
