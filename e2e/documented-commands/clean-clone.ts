import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { openTemporaryFolder } from "@databox-cmk/testkit";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MINIMUM_NODE_MAJOR = 20;
/** Programs that every Debian has: its essential packages coreutils, dash, grep and sed. */
const BASE_PROGRAMS =
  "basename cat chmod cp cut date dirname echo env false grep head id ln ls mkdir mktemp mv printf pwd readlink realpath rm rmdir sed sh sleep sort stat tail tee test touch tr true uname wc".split(
    " ",
  );
/** Variables of the test run itself, which no reader has. */
const OWN_VARIABLES =
  /^(?:npm_(?!config_)|npm_config_(?:local_prefix|loglevel)$|INIT_CWD$|NODE_OPTIONS$|CI$|VITEST|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL$|NODE_ENV$|FORCE_COLOR$|GIT_)/;

export type Outcome = { readonly exitCode: number; readonly output: string };
export type CleanClone = {
  /**
   * Runs a line of a shell in the clone.
   *
   * @param until - Ctrl-C is pressed as soon as the output matches this
   * @returns exit code -1 when a signal ended it
   */
  run(line: string, until?: RegExp): Promise<Outcome>;
  [Symbol.dispose](): void;
};

/**
 * The working tree as a newcomer has it after `git clone`: nothing is installed, and PATH has only
 * git, Node and npm.
 */
export function openCleanClone(): CleanClone {
  using opened = new DisposableStack();
  const folder = opened.use(openTemporaryFolder());
  const clone = join(folder.path, "clone");
  copyWorkingTree(clone);
  const bin = join(folder.path, "bin");
  mkdirSync(bin);
  const node = readersNode();
  for (const name of ["node", "npm", "npx"]) symlinkSync(join(node, name), join(bin, name));
  for (const name of [...BASE_PROGRAMS, "git"]) {
    const path = pathOf(name);
    if (path !== undefined) symlinkSync(path, join(bin, name));
  }
  const inherited = Object.entries(process.env).filter(([name]) => !OWN_VARIABLES.test(name));
  const env = {
    ...Object.fromEntries(inherited),
    PATH: bin,
    // Programs start from their sources, which takes less time if Node keeps what it compiled.
    NODE_COMPILE_CACHE: join(folder.path, "compiled"),
  };
  const resources = opened.move();
  return {
    run: (line, until) => runLine(line, { cwd: clone, env }, until),
    [Symbol.dispose]: () => {
      resources.dispose();
    },
  };
}

/** Includes uncommitted changes, so that the test is about the files as they are. */
function copyWorkingTree(clone: string): void {
  git(ROOT, "clone", "--quiet", ROOT, clone);
  const changed = git(ROOT, "diff", "--name-only", "--no-renames", "-z", "HEAD");
  const added = git(ROOT, "ls-files", "-z", "--others", "--exclude-standard");
  for (const path of `${changed}${added}`.split("\0").filter((name) => name !== "")) {
    rmSync(join(clone, path), { force: true, recursive: true });
    if (existsSync(join(ROOT, path))) cpSync(join(ROOT, path), join(clone, path));
  }
  const author = [
    "-c",
    "user.name=test",
    "-c",
    "user.email=test@localhost",
    "-c",
    "core.hooksPath=/dev/null",
  ];
  git(clone, "add", "--all");
  git(clone, ...author, "commit", "--quiet", "--allow-empty", "--message", "The working tree");
}

/**
 * The folder of the machine's own Node, not of the project's.
 *
 * @throws {Error} when there is none
 */
export function readersNode(): string {
  const found = searchPath()
    .filter((folder) => !folder.includes("node_modules"))
    .find((folder) => {
      if (!existsSync(join(folder, "node")) || !existsSync(join(folder, "npm"))) return false;
      const version = execFileSync(join(folder, "node"), ["--version"], { encoding: "utf8" });
      return Number(version.slice(1).split(".")[0]) >= MINIMUM_NODE_MAJOR;
    });
  if (found === undefined) {
    throw new Error(`no Node ${String(MINIMUM_NODE_MAJOR)} or newer with npm is on the PATH`);
  }
  return found;
}

function pathOf(name: string): string | undefined {
  const folder = searchPath().find((each) => existsSync(join(each, name)));
  return folder === undefined ? undefined : join(folder, name);
}

function searchPath(): readonly string[] {
  return (process.env["PATH"] ?? "").split(delimiter);
}

async function runLine(
  line: string,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  until: RegExp | undefined,
): Promise<Outcome> {
  const child = spawn("sh", ["-c", line], {
    ...options,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const group = child.pid;
  if (group === undefined) throw new Error("sh did not start");
  let output = "";
  let isInterrupted = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (isInterrupted || until?.test(output) !== true) return;
      isInterrupted = true;
      process.kill(-group, "SIGINT");
    });
  }
  const [code] = await once(child, "close");
  return { exitCode: typeof code === "number" ? code : -1, output };
}

function git(cwd: string, ...parameters: string[]): string {
  return execFileSync("git", parameters, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}
