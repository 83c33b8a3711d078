// The folder /app of an image: the bundle and its companions, the bill of materials of the whole
// image (CycloneDX), and the licences with their texts.
import { cpSync, existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

import { VERSION } from "@databox-cmk/protocol";

import { pnpm, root, sqlitePart, writeBillOfMaterials } from "../bill-of-materials.mjs";

const CLOUD_BROKER = "@databox-cmk/cloud-broker";
const PORTAL = "@databox-cmk/portal";
const LOCAL_STACK = "@databox-cmk/local-stack";
const CONFORMANCE = "@databox-cmk/conformance";

/**
 * An image by its parts. `layOut` builds the folder that it gets, with `parts` of the image beside
 * the apps, as `writeBillOfMaterials` takes them. It fails when a part is missing. Others may use
 * the bundles in the working tree, so that they stay as they are.
 */
export const BROKER = {
  name: "databox-broker",
  description: "Releases the unlock keys of Azure Data Box appliances from their owners' vaults",
  page: "docs/operate/image.md",
  settings: "image.json",
  async layOut(target, parts) {
    const { BROKER_DOCUMENTS } = await import("../command-line/broker-program.ts");
    pnpm("--filter", CLOUD_BROKER, "exec", "rolldown", "-c", "--dir", target);
    copyAddon("better-sqlite3", join(target, "node_modules"));
    cpSync(join(root, "apps", "portal", "dist"), join(target, "portal"), { recursive: true });
    for (const [path, text] of Object.entries(BROKER_DOCUMENTS)) {
      const file = join(target, "..", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    listContents([CLOUD_BROKER, PORTAL], target, BROKER.name, [...parts, sqlitePart()]);
  },
};

export const DOUBLE = {
  name: "databox-azure-double",
  description: "A test double of Azure for Microsoft.DataBox with customer-managed keys",
  page: "apps/local-stack/src/double/README.md",
  settings: "double.json",
  layOut(target, parts) {
    pnpm("--filter", LOCAL_STACK, "exec", "rolldown", "-c", "--dir", target);
    listContents([LOCAL_STACK], target, DOUBLE.name, parts);
    return Promise.resolve();
  },
};

/** No image: an npm package for the auditors of customers. */
export const VERIFIER = {
  name: "databox-verify",
  description: "Verifies the evidence of an order of Azure Data Box with customer-managed keys",
  layOut(target) {
    const config = "rolldown.verifier.config.ts";
    pnpm("--filter", CLOUD_BROKER, "exec", "rolldown", "-c", config, "--dir", target);
    listContents([CLOUD_BROKER], target, VERIFIER.name, []);
    return Promise.resolve();
  },
};

/** An npm package alone, by the same steps. */
export const KIT = {
  name: "databox-conformance",
  description: "Checks a device agent or a broker against the device API of Data Box CMK",
  layOut(target) {
    const config = join(root, "packages", "conformance", "rolldown.config.ts");
    pnpm("--filter", LOCAL_STACK, "exec", "rolldown", "-c", config, "--dir", target);
    listContents([CONFORMANCE], target, KIT.name, []);
    return Promise.resolve();
  },
};

function listContents(apps, target, name, parts) {
  const licenses = [{ license: { id: "MIT" } }];
  writeBillOfMaterials(
    apps,
    target,
    { type: "container", name, version: VERSION, licenses },
    parts,
  );
}

/** The package without its sources: what it loads at run time, for this platform. */
function copyAddon(name, target) {
  const entry = createRequire(join(root, "apps", "cloud-broker", "package.json")).resolve(
    `${name}/package.json`,
  );
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
