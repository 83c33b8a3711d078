import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { packageManager, root, tools } from "./paths.mjs";

const LINK = join(tools, "pnpm");
/** Holds the version that the link leads to. */
const STAMP = join(root, "node_modules", ".setup-pnpm");

/**
 * Puts pnpm beside the other tools of the project: turbo starts it for each package, and npx alone
 * would take a second for each. The link leads to npm's cache, where npx has put it; a link that
 * leads nowhere is made again.
 *
 * @returns whether pnpm is there; what failed has been printed
 */
export function linkPnpm() {
  const isThere = existsSync(LINK) && existsSync(STAMP);
  if (isThere && readFileSync(STAMP, "utf8") === packageManager) return true;
  const found = spawnSync(
    "npx",
    ["--yes", `--package=${packageManager}`, "--", "sh", "-c", "command -v pnpm"],
    // Outside the project: here, npx would find the link itself.
    { cwd: join(root, ".."), encoding: "utf8" },
  );
  const path = found.status === 0 ? found.stdout.trim() : "";
  if (path === "") {
    console.error(
      `npx could not provide ${packageManager}: ${found.error?.message ?? found.stderr}`,
    );
    return false;
  }
  rmSync(LINK, { force: true });
  symlinkSync(path, LINK);
  writeFileSync(STAMP, packageManager);
  return true;
}
