// Formats the staged files and stages the result, then lints them. Git runs it before each commit
// (.githooks/pre-commit).
//
// lint-staged, the alternative, hides unstaged changes in a stash while it works and brings a tree
// of dependencies. Here the working tree of a partly staged file is never touched: its staged text
// is formatted by itself.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FORMATTED = /\.(?:[cm]?[jt]sx?|json|css|html|ya?ml)$/;
const LINTED = /\.(?:[cm]?[jt]s|tsx)$/;

/** Git starts a hook at the top of the working tree. */
const root = process.cwd();
const bin = join(root, "node_modules", ".bin");
if (!existsSync(join(bin, "oxfmt"))) {
  console.error("The commit is not formatted or linted: run `node tools/setup.mjs` first");
  process.exit(0);
}
const staged = names(["diff", "--cached", "--name-only", "-z", "--diff-filter=ACMR"]).filter(
  // A link to a file is not a file to be formatted.
  (path) => git(["ls-files", "--stage", "--", path]).startsWith("100"),
);
const changedSince = new Set(names(["diff", "--name-only", "-z"]));

const formatted = staged.filter((path) => FORMATTED.test(path));
formatWhole(formatted.filter((path) => !changedSince.has(path)));
for (const path of formatted.filter((each) => changedSince.has(each))) formatStagedPart(path);
const linted = staged.filter((path) => LINTED.test(path) && existsSync(join(root, path)));
if (linted.length > 0)
  run("oxlint", ["--deny-warnings", "--no-error-on-unmatched-pattern", ...linted]);

function formatWhole(paths) {
  if (paths.length === 0) return;
  const before = new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
  run("oxfmt", ["--no-error-on-unmatched-pattern", ...paths], "ignore");
  const changed = paths.filter(
    (path) => readFileSync(join(root, path), "utf8") !== before.get(path),
  );
  if (changed.length > 0) git(["add", "--", ...changed]);
}

/** Its unstaged changes stay as they are. */
function formatStagedPart(path) {
  const [mode, object] = git(["ls-files", "--stage", "--", path]).split(" ");
  const input = git(["cat-file", "blob", object]);
  const { status, stdout } = spawnSync(join(bin, "oxfmt"), [`--stdin-filepath=${path}`], {
    cwd: root,
    input,
    encoding: "utf8",
  });
  if (status !== 0 || stdout === input) return;
  const written = git(["hash-object", "-w", "--stdin"], stdout).trim();
  git(["update-index", "--cacheinfo", `${mode},${written},${path}`]);
}

function run(program, args, stdout = "inherit") {
  const { status } = spawnSync(join(bin, program), args, {
    cwd: root,
    stdio: ["ignore", stdout, "inherit"],
    // The project's own Node is beside its tools.
    env: { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` },
  });
  if (status !== 0) process.exit(1);
}

function names(args) {
  return git(args)
    .split("\0")
    .filter((name) => name !== "");
}

function git(args, input) {
  return execFileSync("git", args, {
    cwd: root,
    input,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "inherit"],
  });
}
