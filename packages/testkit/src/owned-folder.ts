import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const NAMESPACE = "/proc/self/ns/pid";
const OWNED = /^databox-[a-z]+\.(?<namespace>\d+)\.(?<pid>\d+)\.(?<start>\d+)\.[^.]+$/;

/**
 * Makes a folder that belongs to this process, and removes those in `parent` whose processes have
 * ended: one that was killed left its own, which may be in memory. A folder's name tells its owner,
 * so there is no moment without one. Where /proc is missing, none is removed.
 */
export function makeOwnedFolder(parent: string, kind: "tests" | "postgres"): string {
  const prefix = join(parent, `databox-${kind}.`);
  if (!existsSync(NAMESPACE)) return mkdtempSync(prefix);
  const namespace = String(statSync(NAMESPACE).ino);
  for (const name of readdirSync(parent)) {
    const owner = OWNED.exec(name)?.groups;
    // Process IDs of another container mean nothing here.
    if (owner?.["namespace"] !== namespace) continue;
    if (!isRunning(owner["pid"], owner["start"])) removeFolder(join(parent, name));
  }
  const pid = String(process.pid);
  return mkdtempSync(`${prefix}${[namespace, pid, readStat(pid).start].join(".")}.`);
}

/** Leaves files behind a mount, and files that cannot be removed. */
export function removeFolder(folder: string): void {
  spawnSync("rm", ["-rf", "--one-file-system", folder]);
}

function isRunning(pid = "", start = ""): boolean {
  try {
    const stat = readStat(pid);
    // A zombie has ended, and its parent has not asked how.
    return stat.start === start && stat.state !== "Z";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code !== "ENOENT" && code !== "ESRCH";
  }
}

/**
 * Fields 3 and 22 of proc_pid_stat(5). The start, in clock ticks since boot, distinguishes a reused
 * ID.
 */
function readStat(pid: string) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const { 0: state, 19: start } = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state, start };
}
