import { closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "@databox-cmk/errors";

import { systemCode, toStateError } from "./state-error.ts";

/** On systems without /proc, where the process id alone must do. */
const UNKNOWN_START = "unknown";

const DOES = { agent: "is using", daemon: "is databox-agent serve of" } as const;
/** `agent`: whatever changes the node, for as long as that takes. `daemon`: the one that serves it. */
export type LockHolder = keyof typeof DOES;

/**
 * One changing command at a time per state folder. Each agent puts down a lock file of its own name, then looks for
 * others: two that start at once may both give way, but never both go on. A lock whose process has ended is removed;
 * since every name is used once, removing one never hits a living agent.
 *
 * By hand because Node has no flock, and proper-lockfile, the library looked at, takes a lock over by age (its owner must
 * keep touching it), so an agent stopped in a debugger or by SIGSTOP would lose it.
 *
 * @throws {AppError} `AgentBusy`, or `AgentStateUnwritable` / `DiskFull`
 */
export function takeAgentLock(folder: string, holder: LockHolder = "agent"): Disposable {
  const prefix = `${holder}.lock.`;
  const ownName = `${prefix}${String(process.pid)}.${startOf(process.pid) ?? UNKNOWN_START}`;
  const own = join(folder, ownName);
  let entries: string[];
  try {
    // Its own name is taken: something else in this process is at work.
    closeSync(openSync(own, ownName.endsWith(UNKNOWN_START) ? "w" : "wx", 0o600));
    entries = readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === "EEXIST") throw busy(holder, String(process.pid), folder);
    throw toStateError(error, own);
  }
  for (const name of entries) {
    if (!name.startsWith(prefix) || name === ownName) continue;
    const [pid = "", start] = name.slice(prefix.length).split(".");
    if (isRunning(Number(pid), start)) {
      rmSync(own, { force: true });
      throw busy(holder, pid, folder);
    }
    rmSync(join(folder, name), { force: true });
  }
  return {
    [Symbol.dispose]() {
      rmSync(own, { force: true });
    },
  };
}

function busy(holder: LockHolder, pid: string, folder: string): AppError {
  return new AppError("AgentBusy", { detail: `process ${pid} ${DOES[holder]} ${folder}` });
}

function isRunning(pid: number, start: string | undefined): boolean {
  if (start !== UNKNOWN_START) return startOf(pid) === start;
  try {
    return process.kill(pid, 0); // signal 0 only asks
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}

/** Start time of a process in clock ticks since boot (proc_pid_stat(5), field 22), so that a reused id is told apart. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined; // ended, or never there
  }
}
