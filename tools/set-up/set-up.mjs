// Sets up the working tree: dependencies (by pnpm, from the lockfile), and the bundles of the
// agent, the portal and the appliance's page. Plain JavaScript for Node 20 without dependencies,
// since it runs before anything is installed. Prints to standard error, so that `npm start --
// --json` keeps standard output for its events.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readWorkspace } from "../workspace.mjs";
import { packageManager, root, tools } from "./paths.mjs";
import { isDue, runStep } from "./step.mjs";

const MINIMUM_NODE_MAJOR = 20;
const SHARED_BY_PAGES = [
  "packages/ui/src",
  "packages/protocol/src",
  "packages/errors/src",
  "pnpm-lock.yaml",
];
/** @type {import("./step.mjs").Step[]} */
const BUNDLES = [
  {
    what: "the agent's bundle",
    command: build("device-agent"),
    inputs: [
      "apps/device-agent/src",
      "apps/device-agent/rolldown.config.ts",
      "packages/crypto/src",
      "packages/http/src",
      "packages/protocol/src",
      "packages/errors/bundle",
      "packages/errors/src",
      "pnpm-lock.yaml",
    ],
    output: "apps/device-agent/dist/databox-agent",
  },
  {
    what: "the portal's pages",
    command: build("portal"),
    inputs: [...inputsOfPage("portal"), ...SHARED_BY_PAGES],
    output: "apps/portal/dist/index.html",
  },
  {
    what: "the appliance's page",
    command: build("local-ui"),
    inputs: [...inputsOfPage("local-ui"), ...SHARED_BY_PAGES],
    output: "apps/device-agent/dist/ui/index.html",
  },
];

/** @returns whether all is set up; what failed has been printed */
export async function setUp({ bundles }) {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < MINIMUM_NODE_MAJOR) {
    console.error(
      `Node ${process.versions.node} is too old: install Node ${MINIMUM_NODE_MAJOR} or newer, then run the command again.`,
    );
    return false;
  }
  if (!(await installDependencies())) return false;
  useGitHooks();
  return !bundles || buildBundles();
}

async function installDependencies() {
  const step = {
    what: "dependencies",
    command: [
      "npx",
      "--yes",
      // .npmrc silences npm, also about a registry that it cannot reach.
      "--loglevel=error",
      packageManager,
      "install",
      "--frozen-lockfile",
      "--reporter=append-only",
    ],
    inputs: manifests(),
    output: "node_modules/.bin/node",
  };
  if (isDue(step)) {
    console.error("Setting up dependencies (the first time, this takes about a minute) …");
    if (!(await runStep(step))) {
      console.error(
        "The dependencies could not be installed. If the npm registry could not be reached, " +
          "connect to a network once and run the command again.",
      );
      return false;
    }
  }
  return linkPnpm();
}

async function buildBundles() {
  const due = BUNDLES.filter(isDue);
  if (due.length === 0) return true;
  console.error(`Building ${due.map(({ what }) => what).join(", ")} …`);
  const outcomes = await Promise.all(due.map(runStep));
  return outcomes.every(Boolean);
}

function manifests() {
  return ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml"].concat(
    readWorkspace().map(({ folder }) => `${folder}/package.json`),
  );
}

function build(app) {
  return ["pnpm", "--filter", `@databox-cmk/${app}`, "build"];
}

function inputsOfPage(app) {
  return ["index.html", "public", "src", "vite.config.ts"].map((name) => `apps/${app}/${name}`);
}

const LINK = join(tools, "pnpm");
/** Holds the version that the link leads to. */
const STAMP = join(root, "node_modules", ".setup-pnpm");

/**
 * Puts pnpm beside the other tools of the project: turbo starts it for each package, and npx alone
 * would take a second for each. The link leads to npm's cache, where npx has put it; a link that
 * leads nowhere is made again. npx compares the package with the registry's hash; one in
 * package.json would be read by Corepack alone.
 *
 * @returns whether pnpm is there; what failed has been printed
 */
function linkPnpm() {
  const isThere = existsSync(LINK) && existsSync(STAMP);
  if (isThere && readFileSync(STAMP, "utf8") === packageManager) return true;
  const found = spawnSync(
    "npx",
    ["--yes", `--package=${packageManager}`, "--", "sh", "-c", "command -v pnpm"],
    // Outside the project: here, npx would find the link itself.
    { cwd: join(root, ".."), encoding: "utf8" },
  );
  const path = found.status === 0 ? found.stdout.trim() : "";
  if (path === "") {
    console.error(
      `npx could not provide ${packageManager}: ${found.error?.message ?? found.stderr}`,
    );
    return false;
  }
  rmSync(LINK, { force: true });
  symlinkSync(path, LINK);
  writeFileSync(STAMP, packageManager);
  return true;
}

/**
 * Lets git run the hooks in .githooks, unless the person has hooks of their own, or this is a CI
 * machine.
 */
function useGitHooks() {
  if (process.env["CI"] || !existsSync(join(root, ".git"))) return;
  const isSet = git("config", "--get", "core.hooksPath").status !== 1;
  if (!isSet) git("config", "core.hooksPath", ".githooks");
}

function git(...args) {
  return spawnSync("git", args, { cwd: root, stdio: "ignore" });
}
