// Lays out the files of an installed appliance: the agent's bundle with its own Node, the local
// UI's pages, the units, the man page, bash's completion, and the bill of materials. The
// Debian package (make-deb.mjs) and the virtual appliance are made from it.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { VERSION } from "@databox-cmk/protocol";

import { nodePart, pnpm, root, writeBillOfMaterials } from "../bill-of-materials.mjs";
import { AGENT_DOCUMENTS } from "../command-line/agent-program.ts";

const AGENT = "@databox-cmk/device-agent";
const LOCAL_UI = "@databox-cmk/local-ui";
const FILES = fileURLToPath(new URL("files", import.meta.url));
const BUILT = ["databox-agent", "databox-agent.mjs", "program.cjs", "pkcs12-thread.mjs", "ui"];

/**
 * Whole on its own: the launcher prefers the Node beside it. Debug symbols are left out of Node (20
 * MB of 126).
 *
 * @param target - becomes the root of a file system; made where it is missing
 * @param isBuilt - copies the bundle and the pages of the working tree; without it they are built
 *   in the target, since others may use those of the working tree
 * @throws {Error} when a part is missing
 */
export function layOutInstallTree(target, isBuilt = false) {
  cpSync(FILES, target, { recursive: true });
  // The builders run in folders of their own.
  const library = resolve(target, "usr", "lib", "databox-agent");
  mkdirSync(library, { recursive: true });
  if (isBuilt) copyBuilt(library);
  else build(library);
  const node = join(library, "node");
  copyFileSync(join(root, "node_modules", "node", "bin", "node"), node);
  chmodSync(node, 0o755);
  const unneeded = ["--strip-unneeded", "--remove-section=.comment", "--remove-section=.note"];
  execFileSync("strip", [...unneeded, node]);
  const commands = join(target, "usr", "bin");
  mkdirSync(commands, { recursive: true });
  symlinkSync("../lib/databox-agent/databox-agent", join(commands, "databox-agent"));
  const documents = join(target, "usr", "share", "doc", "databox-agent");
  mkdirSync(documents, { recursive: true });
  const licenses = [{ license: { id: "MIT" } }];
  const agent = { type: "application", name: "databox-agent", version: VERSION, licenses };
  writeBillOfMaterials([AGENT, LOCAL_UI], documents, agent, [nodePart()]);
  for (const [path, text] of Object.entries(AGENT_DOCUMENTS)) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
}

function build(library) {
  pnpm("--filter", AGENT, "exec", "rolldown", "-c", "--dir", library);
  const pages = join(library, "ui");
  pnpm("--filter", LOCAL_UI, "exec", "vite", "build", "--outDir", pages, "--logLevel", "warn");
}

function copyBuilt(library) {
  const built = join(root, "apps", "device-agent", "dist");
  for (const name of BUILT) cpSync(join(built, name), join(library, name), { recursive: true });
}

if (import.meta.main) {
  const target = process.argv.at(2);
  const option = process.argv.at(3);
  const isBuilt = option === "--built";
  if (target === undefined || (option !== undefined && !isBuilt)) {
    console.error(
      "usage: node deploy/agent/install-tree.mjs FOLDER [--built]   (a root file system; the bundle is there already)",
    );
    process.exit(2);
  }
  layOutInstallTree(target, isBuilt);
}
