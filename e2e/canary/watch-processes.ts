import { readdirSync, readFileSync } from "node:fs";

const EVERY_MS = 20;
/** A forked process is read again after it has become another program. */
const LOOKS = 3;

/**
 * Command lines and environments of every process that is started from now on, read fifty times a
 * second.
 */
export type ProcessWatch = Disposable & { readonly seen: ReadonlySet<string> };

export function watchProcesses(): ProcessWatch {
  const seen = new Set<string>();
  const looks = new Map([...processes()].map((id) => [id, LOOKS]));
  const timer = setInterval(() => {
    const running = processes();
    for (const id of running) {
      const looked = looks.get(id) ?? 0;
      if (looked >= LOOKS) continue;
      looks.set(id, looked + 1);
      for (const file of ["cmdline", "environ"])
        try {
          seen.add(readFileSync(`/proc/${id}/${file}`, "latin1"));
        } catch {
          // It has ended, or belongs to another user.
        }
    }
    // The kernel gives the number of a process that has ended to another.
    for (const id of looks.keys()) if (!running.has(id)) looks.delete(id);
  }, EVERY_MS);
  return {
    seen,
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

function processes(): Set<string> {
  return new Set(readdirSync("/proc").filter((name) => /^\d+$/.test(name)));
}
