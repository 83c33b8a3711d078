// The products: images, and npm packages (pack-npm.mjs). Each is a bundle with its companions, the
// bill of materials (CycloneDX) of the whole, and the licences with their texts.
import { cpSync, existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

import { VERSION } from "@databox-cmk/protocol";

import { pnpm, root, sqlitePart, writeBillOfMaterials } from "../bill-of-materials.mjs";

const TYPES = "index.d.ts";

/**
 * `builder` is the package of the workspace that makes the bundle, `config` its configuration if it
 * has several, and `contains` what is in it. An image has `settings`. An npm package has its
 * `manifest` and other `files` of the repository.
 */
export const PRODUCTS = {
  broker: {
    name: "databox-broker",
    description: "Releases the unlock keys of Azure Data Box appliances from their owners' vaults",
    page: "docs/operate/image.md",
    settings: "image.json",
    builder: "cloud-broker",
    contains: ["cloud-broker", "portal"],
    addTo: addToBroker,
  },
  double: {
    name: "databox-azure-double",
    description: "A test double of Azure for Microsoft.DataBox with customer-managed keys",
    page: "apps/local-stack/src/double/README.md",
    settings: "double.json",
    builder: "local-stack",
    contains: ["local-stack"],
    files: {
      "README.md": "apps/local-stack/src/double/README.md",
      "REFERENCE.md": "apps/azure-emulator/README.md",
      fixtures: "apps/local-stack/src/double/fixtures",
      [TYPES]: "apps/local-stack/src/double/azure-double.d.ts",
    },
    manifest: {
      name: "@databox-cmk/azure-double",
      keywords: ["azure", "key-vault", "entra", "data-box", "emulator", "test"],
      bin: { "azure-double": "main.cjs" },
      type: "commonjs",
      exports: { ".": { types: `./${TYPES}`, default: "./index.cjs" } },
      types: TYPES,
      engines: { node: ">=22.15" },
    },
  },
  kit: {
    name: "databox-conformance",
    description: "Checks a device agent or a broker against the device API of Data Box CMK",
    builder: "local-stack",
    config: join(root, "packages", "conformance", "rolldown.config.ts"),
    contains: ["conformance"],
    files: { "README.md": "packages/conformance/README.md" },
    manifest: {
      name: "@databox-cmk/conformance",
      keywords: ["data-box", "conformance", "test"],
      bin: { "databox-conformance": "main.mjs" },
      type: "module",
      engines: { node: ">=24.7" },
    },
  },
  /** For the auditors of customers. */
  verifier: {
    name: "databox-verify",
    description: "Verifies the evidence of an order of Azure Data Box with customer-managed keys",
    builder: "cloud-broker",
    config: "rolldown.verifier.config.ts",
    contains: ["cloud-broker"],
    files: { "README.md": "apps/cloud-broker/src/run/verifier/README.md" },
    manifest: {
      name: "@databox-cmk/verify",
      bin: { "databox-verify": "databox-verify.mjs" },
      type: "module",
      engines: { node: ">=20" },
    },
  },
};

/**
 * Builds the product in the folder, and not in the working tree, whose bundles others may use.
 *
 * @param parts - of the image beside the apps, as `writeBillOfMaterials` takes them
 * @throws {Error} when a part is missing
 */
export async function layOutApp({ name, builder, config = [], contains, addTo }, target, parts) {
  pnpm("--filter", scoped(builder), "exec", "rolldown", "-c", ...[config].flat(), "--dir", target);
  const added = (await addTo?.(target)) ?? [];
  const licenses = [{ license: { id: "MIT" } }];
  const component = { type: "container", name, version: VERSION, licenses };
  writeBillOfMaterials(contains.map(scoped), target, component, [...parts, ...added]);
}

const scoped = (app) => `@databox-cmk/${app}`;

/** @returns the parts that are in no lockfile */
async function addToBroker(target) {
  const { BROKER_DOCUMENTS } = await import("../command-line/broker-program.ts");
  copyAddon("better-sqlite3", join(target, "node_modules"));
  cpSync(join(root, "apps", "portal", "dist"), join(target, "portal"), { recursive: true });
  for (const [path, text] of Object.entries(BROKER_DOCUMENTS)) {
    const file = join(target, "..", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return [sqlitePart()];
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
