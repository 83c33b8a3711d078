// Assembles the contents of the broker's image: the bundle, its native addon, the portal, the bill
// of materials (CycloneDX) and the licences. The Containerfile calls it, and so does the test that
// runs the image without an engine.
import { cpSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

import { pnpm, root, writeBillOfMaterials } from "../bill-of-materials.mjs";

const BROKER = "@databox-cmk/cloud-broker";
const broker = join(root, "apps", "cloud-broker");
const target = process.argv.at(2);
if (target === undefined) {
  console.error("usage: node deploy/broker/assemble.mjs FOLDER   (the folder is made)");
  process.exit(2);
}

pnpm("--filter", BROKER, "build");
mkdirSync(target, { recursive: true });
copy(join(broker, "dist", "main.mjs"), "broker.mjs");
copy(join(broker, "dist", "main.mjs.map"), "broker.mjs.map");
copyAddon("better-sqlite3");
const portal = join(root, "apps", "portal", "dist");
if (existsSync(portal)) copy(portal, "portal");
writeBillOfMaterials(BROKER, target);

function copy(from, to) {
  cpSync(from, join(target, to), { recursive: true });
}

/** The package without its sources: what it loads at run time, for this platform. */
function copyAddon(name) {
  const entry = createRequire(join(broker, "package.json")).resolve(`${name}/package.json`);
  const from = dirname(realpathSync(entry));
  for (const part of ["package.json", "LICENSE", "lib", "prebuilds", "build/Release"]) {
    const path = join(from, part);
    if (!existsSync(path)) continue;
    cpSync(path, join(target, "node_modules", name, part), {
      recursive: true,
      filter: isForThisPlatform,
    });
  }
}

function isForThisPlatform(file) {
  return (
    basename(dirname(file)) !== "prebuilds" || file.includes(`${process.platform}-${process.arch}`)
  );
}
