// The contents of an app's bundle, from its lockfile: a CycloneDX bill of materials, and the
// licences.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { sourceDateSeconds } from "./source-date.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/**
 * Writes `sbom.cdx.json` and `LICENCES.txt` into the folder.
 *
 * @param shipped - components of CycloneDX that come with the app and stand in no lockfile
 */
export function writeBillOfMaterials(app, folder, shipped = []) {
  writeFileSync(join(folder, "sbom.cdx.json"), sbom(app, shipped));
  writeFileSync(join(folder, "LICENCES.txt"), licences(app));
}

/**
 * Sorted, without the random serial number and with the sources' date: the same sources give the
 * same bytes.
 */
function sbom(app, shipped) {
  const form = ["--sbom-format", "cyclonedx", "--sbom-type", "application", "--prod"];
  const { serialNumber: _random, ...bill } = JSON.parse(pnpm("sbom", ...form, "--filter", app));
  const timestamp = new Date(sourceDateSeconds() * 1000).toISOString();
  const metadata = { ...bill.metadata, timestamp };
  const components = [...bill.components, ...shipped].toSorted(by("bom-ref"));
  const dependencies = bill.dependencies
    .map(({ dependsOn = [], ...row }) => ({ ...row, dependsOn: dependsOn.toSorted(compare) }))
    .toSorted(by("ref"));
  return `${JSON.stringify({ ...bill, metadata, components, dependencies }, undefined, 2)}\n`;
}

function by(member) {
  return (one, other) => compare(one[member], other[member]);
}

/** The same wherever it is built. */
function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}

/** One paragraph a licence: its packages with their versions. */
function licences(app) {
  const listed = JSON.parse(pnpm("--filter", `${app}...`, "licenses", "list", "--prod", "--json"));
  return Object.entries(listed)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([licence, packages]) =>
      [
        `${licence}:`,
        ...packages.map(({ name, versions }) => `  ${name} ${versions.join(", ")}`).toSorted(),
      ].join("\n"),
    )
    .join("\n\n")
    .concat("\n");
}

/** @returns what it printed */
export function pnpm(...args) {
  const result = spawnSync("npx", ["--yes", packageManager, "--silent", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH ?? ""}`,
    },
  });
  if (result.status !== 0)
    throw new Error(`pnpm ${args.join(" ")} failed (${String(result.status)})`);
  return result.stdout;
}
