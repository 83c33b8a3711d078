import type { CommandDependencies } from "../src/node/dependencies.ts";
import { SYSTEM_FOLDERS } from "../src/volume/luks2/find-cryptsetup.ts";

type Given = Pick<CommandDependencies, "stateDir"> & Partial<CommandDependencies>;

/** For a command in this process: it has the machine's time, nothing typed in, and never pauses. */
export function commandDependencies(given: Given): CommandDependencies {
  return {
    nowIso: () => new Date().toISOString(),
    elapsedMs: () => performance.now(),
    cryptsetupFolders: SYSTEM_FOLDERS,
    // Far above what a busy machine takes; tests of silence set their own.
    totalTimeoutMs: 300_000,
    environmentNames: [],
    pause: () => Promise.resolve(),
    report: () => undefined,
    readStandardInput: () => Promise.resolve(""),
    readSecret: () => Promise.resolve(new Uint8Array()),
    ...given,
  };
}
