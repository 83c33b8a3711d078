import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runTool } from "./run-tool.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const INSTALL_TREE = join(ROOT, "deploy/agent/install-tree.mjs");
/** The parts of the installed agent; the pages are beside its bundle. */
const SOURCES = ["deploy/agent", "apps/device-agent/dist"];

/** Changes whenever what is laid out does. */
export function agentFingerprint(): string {
  const hash = createHash("sha256").update(process.version);
  for (const source of SOURCES)
    for (const file of filesBelow(join(ROOT, source))) hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}

/** The agent as it is installed on an appliance, with the bundle that was built before. */
export function layOutAgent(root: string): void {
  runTool(process.execPath, [INSTALL_TREE, root, "--built"], ROOT);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("compile-cache"))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
