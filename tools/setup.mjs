// Sets up the working tree: dependencies (by pnpm, from the lockfile), the agent's bundle, the portal's pages, the
// appliance's page, and, for tests, system packages.
// Plain JavaScript for Node 20 without dependencies, since it runs before anything is installed. Says all on standard
// error, so that `npm start -- --json` keeps standard output for its events.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const MINIMUM_NODE_MAJOR = 20;
/** Where Debian puts the programs of a PostgreSQL server, by its version. */
const POSTGRES = "/usr/lib/postgresql";
/** Where Debian puts libraries that a program loads by name. */
const LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
/** Debian package → what shows that it is there: a command, a library (lib….so.N) or a path. */
const TEST_PACKAGES = {
  "azure-cli": ["az"],
  binutils: ["strip"],
  bubblewrap: ["bwrap"],
  "busybox-static": ["busybox"],
  chromium: ["chromium"],
  "cryptsetup-bin": ["cryptsetup"],
  cpio: ["cpio"],
  curl: ["curl"],
  debootstrap: ["debootstrap"],
  dmsetup: ["dmsetup"],
  e2fsprogs: ["mkfs.ext4"],
  faketime: ["faketime"],
  "golang-github-azure-azure-sdk-for-go-dev": [
    "/usr/share/gocode/src/github.com/Azure/azure-sdk-for-go",
  ],
  "golang-go": ["go"],
  jose: ["jose"],
  jq: ["jq"],
  "libtss2-tcti-swtpm0t64": ["libtss2-tcti-swtpm.so.0"],
  kmod: ["modprobe"],
  kustomize: ["kustomize"],
  lintian: ["lintian"],
  openssl: ["openssl"],
  postgresql: ["postgres"],
  "qemu-system-x86": ["qemu-system-x86_64"],
  systemd: ["systemd-analyze"],
  swtpm: ["swtpm"],
  "tpm2-tools": ["tpm2"],
  wget: ["wget"],
  "xz-utils": ["xz"],
};

const major = Number(process.versions.node.split(".")[0]);
if (major < MINIMUM_NODE_MAJOR) {
  stop(
    `Node ${process.versions.node} is too old: install Node ${MINIMUM_NODE_MAJOR} or newer, then run the command again.`,
  );
}
installDependencies();
run(
  "the agent's bundle",
  "pnpm",
  ["--silent", "--filter", "@databox-cmk/device-agent", "build"],
  [
    "apps/device-agent/src",
    "apps/device-agent/rolldown.config.ts",
    "packages/crypto/src",
    "packages/protocol/src",
    "packages/errors/bundle",
    "packages/errors/src",
  ],
);
run(
  "the portal's pages",
  "pnpm",
  ["--silent", "--filter", "@databox-cmk/portal", "build"],
  [
    "apps/portal/index.html",
    "apps/portal/public",
    "apps/portal/src",
    "apps/portal/vite.config.ts",
    "packages/ui/src",
    "packages/protocol/src",
    "packages/errors/bundle",
    "packages/errors/src",
    "pnpm-lock.yaml",
  ],
);
run(
  "the appliance's page",
  "pnpm",
  ["--silent", "--filter", "@databox-cmk/local-ui", "build"],
  [
    "apps/local-ui/index.html",
    "apps/local-ui/public",
    "apps/local-ui/src",
    "apps/local-ui/vite.config.ts",
    "packages/ui/src",
    "packages/protocol/src",
    "packages/errors/bundle",
    "packages/errors/src",
    "pnpm-lock.yaml",
  ],
);
if (process.argv.includes("--for-tests")) installTestPackages();

function installDependencies() {
  const manifests = ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml"].concat(
    ["apps", "packages"].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => `${folder}/${name}/package.json`),
    ),
    ["e2e/package.json", "bench/package.json", "deploy/package.json"],
  );
  run("dependencies", "pnpm", ["install", "--frozen-lockfile"], manifests);
}

/** Runs a step unless its inputs are as they were when it last succeeded. */
function run(what, command, args, inputs) {
  const stamp = join(root, "node_modules", `.setup-${what.replace(/\W+/g, "-")}`);
  const fingerprint = fingerprintOf(inputs);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return;
  console.error(`Setting up ${what} …`);
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const result = spawnSync("npx", ["--yes", packageManager, ...args], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: {
      ...process.env,
      PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env["PATH"] ?? ""}`,
    },
  });
  if (result.status !== 0) {
    stop(
      `${command} could not set up ${what} (exit code ${String(result.status ?? result.error?.message)}). ` +
        "If it could not reach the npm registry, connect to a network once and run the command again.",
    );
  }
  writeFileSync(stamp, fingerprint);
}

function fingerprintOf(inputs) {
  const hash = createHash("sha256").update(process.arch);
  for (const input of inputs) addToHash(hash, join(root, input));
  return hash.digest("hex");
}

function addToHash(hash, path) {
  if (!existsSync(path)) return;
  try {
    const names = readdirSync(path).toSorted();
    for (const name of names) addToHash(hash, join(path, name));
  } catch {
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path));
  }
}

function installTestPackages() {
  const missing = Object.entries(TEST_PACKAGES)
    .filter(([, shown]) => !shown.every(isThere))
    .map(([name]) => name);
  if (missing.length === 0) return;
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (mayInstall) {
    console.error(`Installing Debian packages for the tests: ${missing.join(" ")} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const apt = (...args) =>
      spawnSync("apt-get", ["-qq", "-o", "Acquire::Retries=3", ...args], {
        stdio: ["ignore", 2, 2],
        env,
      });
    apt("update");
    keepServerOff();
    // One by one: not every distribution has them all.
    for (const name of missing) apt("install", "--yes", "--no-install-recommends", name);
  }
  const still = missing.filter((name) => !TEST_PACKAGES[name].every(isThere));
  if (still.length > 0) {
    console.error(
      `Tests that need ${still.join(", ")} will be skipped. To run them: apt-get install ${still.join(" ")}`,
    );
  }
}

/** Debian's package would start a server of its own; the tests start theirs (packages/testkit/src/start-postgres.ts). */
function keepServerOff() {
  const folder = "/etc/postgresql-common/createcluster.d";
  if (existsSync(POSTGRES) || existsSync(folder)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "no-cluster.conf"), "create_main_cluster = false\n");
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

function stop(message) {
  console.error(message);
  process.exit(1);
}
