// The image's folder /app: the bundle, its native addon, the portal, the bill of materials of the
// whole image (CycloneDX), and the licences with their texts.
import { cpSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

import { pnpm, root, writeBillOfMaterials } from "../bill-of-materials.mjs";

const BROKER = "@databox-cmk/cloud-broker";
const PORTAL = "@databox-cmk/portal";
const broker = join(root, "apps", "cloud-broker");

/** @returns the folder of the broker's bundle */
export function buildBroker() {
  pnpm("--filter", BROKER, "build");
  return join(broker, "dist");
}

/**
 * @param target - is made
 * @param parts - of the image beside the two apps, as `writeBillOfMaterials` takes them
 * @throws {Error} when a part is missing
 */
export function layOutApp(target, version, parts) {
  mkdirSync(target, { recursive: true });
  const copy = (from, to) => cpSync(from, join(target, to), { recursive: true });
  copy(join(broker, "dist", "main.mjs"), "broker.mjs");
  copy(join(broker, "dist", "main.mjs.map"), "broker.mjs.map");
  copyAddon("better-sqlite3", join(target, "node_modules"));
  copy(join(root, "apps", "portal", "dist"), "portal");
  const licenses = [{ license: { id: "MIT" } }];
  const image = { type: "container", name: "databox-broker", version, licenses };
  writeBillOfMaterials([BROKER, PORTAL], target, image, parts);
}

/** The package without its sources: what it loads at run time, for this platform. */
function copyAddon(name, target) {
  const entry = createRequire(join(broker, "package.json")).resolve(`${name}/package.json`);
  const from = dirname(realpathSync(entry));
  for (const part of ["package.json", "LICENSE", "lib", "prebuilds", "build/Release"]) {
    const path = join(from, part);
    if (!existsSync(path)) continue;
    cpSync(path, join(target, name, part), { recursive: true, filter: isForThisPlatform });
  }
}

function isForThisPlatform(file) {
  return (
    basename(dirname(file)) !== "prebuilds" || file.includes(`${process.platform}-${process.arch}`)
  );
}
