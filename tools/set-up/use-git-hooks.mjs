import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { root } from "./paths.mjs";

/**
 * Lets git run the hooks in .githooks, unless the person has hooks of their own, or this is a CI
 * machine.
 */
export function useGitHooks() {
  if (process.env["CI"] || !existsSync(join(root, ".git"))) return;
  const isSet = git("config", "--get", "core.hooksPath").status !== 1;
  if (!isSet) git("config", "core.hooksPath", ".githooks");
}

function git(...args) {
  return spawnSync("git", args, { cwd: root, stdio: "ignore" });
}
