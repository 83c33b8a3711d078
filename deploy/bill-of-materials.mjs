// The contents of the shipped products, from the lockfile: a CycloneDX bill of materials, and the
// licences with their texts.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { sourceDateSeconds, sourceRevision } from "./sources.ts";

export const root = fileURLToPath(new URL("..", import.meta.url));

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice|copyright)/i;
/** A few packages name this licence, and contain no file of it. */
const MIT = readFileSync(join(root, "deploy", "licences", "mit.txt"), "utf8").trim();

/**
 * Writes `sbom.cdx.json` and `LICENCES.txt` into the folder.
 *
 * @param apps - packages of the workspace whose bundles are shipped
 * @param component - what is shipped, as CycloneDX names it
 * @param shipped - components of CycloneDX that come with the apps and are in no lockfile, each
 *   with the text of its licence
 * @throws {Error} when a package has no text of its licence
 */
export function writeBillOfMaterials(apps, folder, component, shipped) {
  const bill = sbom(
    apps,
    component,
    shipped.map((row) => row.component),
  );
  writeFileSync(join(folder, "sbom.cdx.json"), bill);
  writeFileSync(join(folder, "LICENCES.txt"), licences(apps, shipped));
}

/**
 * Node, as nodejs.org publishes it. Its package in the registry brings only the program, so the
 * text of its licence is in the repository, by version.
 */
export function nodePart() {
  const { version } = JSON.parse(
    readFileSync(join(root, "node_modules/node/package.json"), "utf8"),
  );
  const purl = `pkg:generic/node@${version}`;
  const text = readFileSync(join(root, "deploy", "licences", `node-${version}.txt`), "utf8");
  const licenses = [{ license: { id: "MIT" } }];
  return {
    component: { type: "platform", name: "node", version, purl, "bom-ref": purl, licenses },
    text,
  };
}

/** SQLite, which better-sqlite3 is compiled with: a scanner cannot see it in the package. */
export function sqlitePart() {
  const broker = createRequire(join(root, "apps/cloud-broker/package.json"));
  const folder = dirname(broker.resolve("better-sqlite3/package.json"));
  const header = readFileSync(join(folder, "deps/sqlite3/sqlite3.h"), "utf8");
  const [, version] = /^#define SQLITE_VERSION +"([\d.]+)"$/m.exec(header);
  const purl = `pkg:generic/sqlite@${version}`;
  const cpe = `cpe:2.3:a:sqlite:sqlite:${version}:*:*:*:*:*:*:*`;
  const licenses = [{ license: { id: "blessing" } }];
  return {
    component: { type: "library", name: "sqlite", version, purl, cpe, "bom-ref": purl, licenses },
    text: header.slice(0, header.indexOf("\n***")),
  };
}

/**
 * Sorted, without the random serial number and with the sources' date: the same sources give the
 * same bytes.
 */
function sbom(apps, component, shipped) {
  const form = ["--sbom-format", "cyclonedx", "--sbom-type", "application", "--prod"];
  const listed = pnpm("sbom", ...form, ...apps.flatMap((app) => ["--filter", app]));
  const { serialNumber: _random, ...bill } = JSON.parse(withVersion(listed, component.version));
  const timestamp = new Date(sourceDateSeconds() * 1000).toISOString();
  const whole = bill.metadata.component["bom-ref"];
  const metadata = { ...bill.metadata, timestamp, component: { ...component, "bom-ref": whole } };
  const components = [...bill.components, ...shipped].toSorted(by("bom-ref"));
  const dependencies = bill.dependencies
    .map(({ dependsOn = [], ...row }) => ({ ...row, dependsOn: dependsOn.toSorted(compare) }))
    .toSorted(by("ref"));
  return `${JSON.stringify({ ...bill, metadata, components, dependencies }, undefined, 2)}\n`;
}

/** The manifests of our own packages have no version: they are released together. */
function withVersion(listed, version) {
  const refs = listed.replaceAll(
    /(pkg:npm\/(?:%40databox-cmk\/[\w-]+|databox-cmk))@0\.0\.0/g,
    `$1@${version}`,
  );
  return refs.replaceAll('"version": "0.0.0"', `"version": ${JSON.stringify(version)}`);
}

function by(member) {
  return (one, other) => compare(one[member], other[member]);
}

/** The same wherever it is built. */
function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}

/** First a list, one paragraph a licence. Then each text, once, below the packages that have it. */
function licences(apps, shipped) {
  const filters = apps.flatMap((app) => ["--filter", `${app}...`]);
  const listed = JSON.parse(pnpm(...filters, "licenses", "list", "--prod", "--json"));
  const byLicence = Object.entries(listed)
    .toSorted(([one], [other]) => compare(one, other))
    .map(([licence, packages]) =>
      [
        `${licence}:`,
        ...packages
          .map(({ name, versions }) => `  ${name} ${versions.join(", ")}`)
          .toSorted(compare),
      ].join("\n"),
    );
  const byText = new Map();
  for (const one of Object.values(listed).flat())
    for (const path of one.paths)
      for (const text of textsOf(one, path)) addTo(byText, text, nameOf(path));
  for (const { component, text } of shipped)
    addTo(byText, text.trim(), `${component.name} ${component.version}`);
  const texts = [...byText]
    .map(([text, names]) => `==== ${[...names].toSorted(compare).join(", ")}\n\n${text}`)
    .toSorted(compare);
  return `${[...byLicence, ...texts].join("\n\n")}\n`;
}

function addTo(map, key, value) {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}

function nameOf(path) {
  const { name, version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  return `${name} ${version}`;
}

function textsOf({ name, license, author }, path) {
  const files = readdirSync(path).filter((file) => LICENCE_FILE.test(file));
  if (files.length > 0)
    return files
      .toSorted(compare)
      .map((file) => readFileSync(join(path, file), "utf8").replaceAll("\r", "").trim());
  if (license !== "MIT") throw new Error(`${name} has no text of its licence (${license})`);
  return [`Copyright (c) ${author ?? `the authors of ${name}`}\n\n${MIT}`];
}

/** Ends this process when a program is missing. @param install - how it is installed */
export function requirePrograms(programs, install) {
  const missing = programs.filter(
    (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).error !== undefined,
  );
  if (missing.length === 0) return;
  console.error(`${missing.join(" and ")} not found: ${install}`);
  process.exit(1);
}

/**
 * The project's own, which the set-up has linked: npx alone would take a second.
 *
 * @returns what it printed
 */
export function pnpm(...args) {
  const result = spawnSync("pnpm", ["--silent", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      DATABOX_REVISION: sourceRevision(),
      PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH ?? ""}`,
    },
  });
  if (result.error !== undefined)
    throw new Error("pnpm is not linked: run `node tools/setup.mjs`", { cause: result.error });
  if (result.status !== 0)
    throw new Error(`pnpm ${args.join(" ")} failed (${String(result.status)})`);
  return result.stdout;
}
