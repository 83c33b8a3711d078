import { closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { AppError } from "@databox-cmk/errors";

import { systemCode, toStateError } from "./state-error.ts";

/** Used on systems without /proc, where only the process id identifies a process. */
const UNKNOWN_START = "unknown";

const DOES = { agent: "is using", daemon: "is databox-agent serve of" } as const;
/**
 * `agent`: any operation that changes the node, while it runs. `daemon`: the process that serves
 * the node.
 */
export type LockHolder = keyof typeof DOES;

/**
 * One changing command at a time per state folder. Each agent writes a lock file with its own name,
 * then checks for others: two that start at once may both give up, but never both continue. A lock
 * whose process has ended is removed; since every name is used once, removing one never affects a
 * living agent.
 *
 * Written by hand because Node has no flock, and the library proper-lockfile takes a lock over by
 * age (its owner must keep touching it), so an agent that is stopped in a debugger or by SIGSTOP
 * would lose it.
 *
 * @throws {AppError} `AgentBusy`, or `AgentStateUnwritable` / `DiskFull`
 */
export function takeAgentLock(folder: string, holder: LockHolder = "agent"): Disposable {
  const prefix = `${holder}.lock.`;
  const ownName = `${prefix}${String(process.pid)}.${startOf(process.pid) ?? UNKNOWN_START}`;
  const own = join(folder, ownName);
  let entries: string[];
  try {
    // Its own name is taken: another operation in this process is running.
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
  return new AppError("AgentBusy", {
    reason: holder === "daemon" ? "service" : undefined,
    detail: `process ${pid} ${DOES[holder]} ${folder}`,
  });
}

function isRunning(pid: number, start: string | undefined): boolean {
  if (start !== UNKNOWN_START) return startOf(pid) === start;
  try {
    return process.kill(pid, 0); // Signal 0 only checks.
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}

/**
 * Start time of a process in clock ticks since boot (proc_pid_stat(5), field 22), which
 * distinguishes a reused id.
 */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined; // It has ended, or never existed.
  }
}

const RETRY_MS = 20;
/** Longer than the daemon's request about a volume that a passkey opened (5 s). */
const WAIT_MS = 6_000;

/**
 * For callers that can wait: the daemon holds the lock for milliseconds when it renews, for longer
 * on a busy machine, and for seconds when it asks about a volume that a passkey opened.
 *
 * @throws {AppError} as `takeAgentLock`, `AgentBusy` only after `waitMs`
 */
export async function waitForAgentLock(folder: string, waitMs = WAIT_MS): Promise<Disposable> {
  const endsAt = performance.now() + waitMs;
  for (;;) {
    try {
      return takeAgentLock(folder);
    } catch (error) {
      const mayWait = error instanceof AppError && error.code === "AgentBusy";
      if (!mayWait || performance.now() >= endsAt) throw error;
      await sleep(RETRY_MS);
    }
  }
}
