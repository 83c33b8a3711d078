// The folder /app of an image: the bundle and its companions, the bill of materials of the whole
// image (CycloneDX), and the licences with their texts.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

import { pnpm, root, writeBillOfMaterials } from "../bill-of-materials.mjs";

const CLOUD_BROKER = "@databox-cmk/cloud-broker";
const PORTAL = "@databox-cmk/portal";
const LOCAL_STACK = "@databox-cmk/local-stack";
const broker = join(root, "apps", "cloud-broker");
const double = join(root, "apps", "local-stack", "dist", "azure-double");

/**
 * An image by its parts. `build` returns the version; `layOut` makes the folder that it gets, with
 * `parts` of the image beside the apps, as `writeBillOfMaterials` takes them. Both fail when a part
 * is missing.
 */
export const BROKER = {
  name: "databox-broker",
  description: "Releases the unlock keys of Azure Data Box appliances from their owners' vaults",
  page: "docs/operate/image.md",
  settings: "image.json",
  build() {
    pnpm("--filter", CLOUD_BROKER, "build");
    const program = join(broker, "dist", "main.mjs");
    const { stdout } = spawnSync(process.execPath, [program, "--version"], { encoding: "utf8" });
    return stdout.trim().split("/")[1];
  },
  async layOut(target, version, parts) {
    const { BROKER_DOCUMENTS } = await import("../command-line/broker-program.ts");
    mkdirSync(target, { recursive: true });
    const copy = (from, to) => cpSync(from, join(target, to), { recursive: true });
    copy(join(broker, "dist", "main.mjs"), "broker.mjs");
    copy(join(broker, "dist", "main.mjs.map"), "broker.mjs.map");
    copyAddon("better-sqlite3", join(target, "node_modules"));
    copy(join(root, "apps", "portal", "dist"), "portal");
    for (const [path, text] of Object.entries(BROKER_DOCUMENTS)) {
      const file = join(target, "..", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    listContents([CLOUD_BROKER, PORTAL], target, { name: BROKER.name, version }, parts);
  },
};

export const DOUBLE = {
  name: "databox-azure-double",
  description: "A test double of Azure for Microsoft.DataBox with customer-managed keys",
  page: "apps/azure-emulator/README.md",
  settings: "double.json",
  build() {
    pnpm("--filter", LOCAL_STACK, "build");
    return JSON.parse(readFileSync(join(double, "package.json"), "utf8")).version;
  },
  async layOut(target, version, parts) {
    cpSync(double, target, { recursive: true });
    listContents([LOCAL_STACK], target, { name: DOUBLE.name, version }, parts);
  },
};

function listContents(apps, target, { name, version }, parts) {
  const licenses = [{ license: { id: "MIT" } }];
  writeBillOfMaterials(apps, target, { type: "container", name, version, licenses }, parts);
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
