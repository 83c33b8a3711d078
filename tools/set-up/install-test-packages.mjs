import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import { outcomeOf } from "./step.mjs";

/** Debian package → what shows that it is there: a command, a library (lib….so.N) or a path. */
const TEST_PACKAGES = JSON.parse(
  readFileSync(new URL("debian-packages.json", import.meta.url), "utf8"),
);
/** Tests of pages need one of these; with the first they take less processor time. */
const BROWSERS = ["chromium-headless-shell", "chromium"];
/** Where Debian puts the programs of a PostgreSQL server, by its version. */
const POSTGRES = "/usr/lib/postgresql";
/** Debian's list of modules that it does not compile at their installation. */
const UNCOMPILED = "/usr/share/python3/bcep/databox-cmk";
/** Debian's folders of libraries that a program loads by name. */
const LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];

/**
 * Installs the Debian packages that tests need, where that is allowed, and prints which ones are
 * missing still. They have no version or hash here: apt verifies the signature of the archive,
 * which keeps only its newest versions. None of them is shipped.
 */
export async function installTestPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && isThere("apt-get")) await install(missing);
  const still = needed(missingPackages());
  if (still.length > 0) {
    console.error(
      `Tests that need ${still.join(", ")} will be skipped. To run them: apt-get install ${still.join(" ")}`,
    );
  }
}

/** Without those that another installed package replaces. */
function needed(names) {
  const hasBrowser = !BROWSERS.every((name) => names.includes(name));
  return names.filter((name) => !(hasBrowser && BROWSERS.includes(name)));
}

function missingPackages() {
  return Object.entries(TEST_PACKAGES)
    .filter(([, shown]) => !shown.every(isThere))
    .map(([name]) => name);
}

async function install(names) {
  console.error(`Installing Debian packages for the tests: ${names.join(" ")} …`);
  const startedMs = performance.now();
  const updated = await apt("update");
  keepServerOff();
  compileFewModules();
  const installed = await aptInstall(names);
  // All at once is fast; where a distribution lacks one of them, apt then installs none.
  if (installed.failure !== undefined) {
    const outcomes = [updated];
    for (const name of names) outcomes.push(await aptInstall([name]));
    for (const { output, failure } of outcomes) if (failure !== undefined) console.error(output);
  }
  rmSync(UNCOMPILED, { force: true });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.error(`  Debian packages: ${seconds} s`);
}

function aptInstall(names) {
  return apt("install", "--yes", "--no-install-recommends", ...names);
}

function apt(...args) {
  return outcomeOf(["apt-get", "-qq", "-o", "Acquire::Retries=3", ...args], {
    DEBIAN_FRONTEND: "noninteractive",
  });
}

/**
 * Debian's package would start a server of its own; the tests start theirs
 * (packages/testkit/src/start-postgres.ts).
 */
function keepServerOff() {
  const folder = "/etc/postgresql-common/createcluster.d";
  if (existsSync(POSTGRES) || existsSync(folder)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "no-cluster.conf"), "create_main_cluster = false\n");
}

/**
 * Debian compiles all 18,000 modules of Azure's SDK for Python, which takes 40 s; tests import a
 * few hundred, which Python then compiles itself. The list is removed after the installation.
 */
function compileFewModules() {
  mkdirSync(dirname(UNCOMPILED), { recursive: true });
  writeFileSync(
    UNCOMPILED,
    ["mgmt", "ai"]
      .map((name) => `dir|3.1-|/usr/lib/python3/dist-packages/azure/${name}\n`)
      .join(""),
  );
}

function isThere(name) {
  if (name.startsWith("/")) return existsSync(name);
  const folders = /^lib.*\.so\.\d+$/.test(name) ? LIBRARIES : commandFolders();
  return folders.some((folder) => existsSync(join(folder, name)));
}

function commandFolders() {
  const servers = existsSync(POSTGRES)
    ? readdirSync(POSTGRES).map((version) => join(POSTGRES, version, "bin"))
    : [];
  return [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin", ...servers];
}
