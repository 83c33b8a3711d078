// Puts together what the broker's image holds: the bundle, its native addon, the portal, and what is inside of it all
// (CycloneDX) with the licences. The Containerfile calls it, and so does the test that runs the image without an engine.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const broker = join(root, "apps", "cloud-broker");
const target = process.argv.at(2);
if (target === undefined) {
  console.error("usage: node deploy/broker/assemble.mjs FOLDER   (the folder is made)");
  process.exit(2);
}
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

pnpm("--filter", "@databox-cmk/cloud-broker", "build");
mkdirSync(target, { recursive: true });
copy(join(broker, "dist", "main.mjs"), "broker.mjs");
copy(join(broker, "dist", "main.mjs.map"), "broker.mjs.map");
copyAddon("better-sqlite3");
const portal = join(root, "apps", "portal", "dist");
if (existsSync(portal)) copy(portal, "portal");
writeFileSync(join(target, "sbom.cdx.json"), sbom());
writeFileSync(join(target, "LICENCES.txt"), licences());

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

function sbom() {
  const filter = ["--filter", "@databox-cmk/cloud-broker"];
  return pnpm(
    "sbom",
    "--sbom-format",
    "cyclonedx",
    "--sbom-type",
    "application",
    "--prod",
    ...filter,
  );
}

/** One paragraph a licence: its packages with their versions. */
function licences() {
  const listed = JSON.parse(
    pnpm("--filter", "@databox-cmk/cloud-broker...", "licenses", "list", "--prod", "--json"),
  );
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

function pnpm(...args) {
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
