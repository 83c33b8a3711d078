import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { COMPILED_ONCE } from "@databox-cmk/testkit";

import { BROKER } from "./programs.ts";

const folderOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const AGENT = folderOf("apps/device-agent");
const BROKER_APP = folderOf("apps/cloud-broker");
const E2E = folderOf("e2e");
/** Every project of vitest that starts these programs calls for them, in one process. */
const BUILT = "E2E_PROGRAMS_BUILT_BY";

/**
 * Builds the programs that tests start, from today's sources, so that no test runs an old one:
 * appliances run the agent as it is shipped, and brokers start from one bundle (programs.ts).
 */
export function setup(): void {
  if (process.env[BUILT] === String(process.pid)) return;
  execFileSync("node_modules/.bin/rolldown", ["-c"], { cwd: AGENT });
  execFileSync(`${BROKER_APP}/node_modules/.bin/rolldown`, ["-c", "rolldown.config.ts"], {
    cwd: E2E,
  });
  // Node keeps what it compiled when a process ends; many of these brokers are killed.
  execFileSync(process.execPath, [BROKER, "configuration"], {
    env: { ...process.env, ...COMPILED_ONCE },
    stdio: ["ignore", "ignore", "inherit"],
  });
  process.env[BUILT] = String(process.pid);
}
