import { createHash, timingSafeEqual } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

const HASH_BYTES = 32;

export type LoadedProgram = {
  readonly exports: unknown;
  /**
   * Saves the compiled code for the next run. Called at the end of a command, so that it holds the
   * code that the command has used, and nothing else.
   */
  readonly keepCompiled: () => void;
};

type Build = (builtin: (name: string) => unknown, file: string) => unknown;

/**
 * Runs the bundle with V8's compiled code of an earlier run. If there is none, or none for this
 * program and this V8, the start is slower; so nothing here fails.
 *
 * Uses node:vm because `module.enableCompileCache` saves only the code that is compiled before the
 * first function runs: each function was compiled again in each run, a tenth of a cold unlock.
 *
 * @param folder - only its owner may write here, since its content is executed; created if its
 * parent exists
 * @param name - each command has its own file, since it uses a tenth of the program
 */
export function loadProgram(file: string, folder: string, name: string): LoadedProgram {
  // rolldown.config.ts ensures that the bundle is ASCII.
  const source = readFileSync(file, "latin1");
  const id = source.slice(0, source.indexOf("\n"));
  const cacheFile = join(folder, `${name}.bin`);
  const cachedData = readCompiled(cacheFile, id);
  const script = new Script(source, {
    filename: file,
    cachedData,
  });
  const build: Build = script.runInThisContext();
  const exports = build((builtin) => process.getBuiltinModule(builtin), file);
  return {
    exports,
    keepCompiled() {
      if (cachedData === undefined || script.cachedDataRejected === true)
        writeCompiled(cacheFile, id, script.createCachedData());
    },
  };
}

/**
 * V8 compares only the length of the source, and trusts the bytes: the hash identifies the program,
 * and detects a torn write.
 */
function readCompiled(path: string, id: string): Buffer | undefined {
  try {
    const file = openSync(path, "r");
    try {
      const { uid, mode } = fstatSync(file);
      if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return undefined;
      const bytes = readFileSync(file);
      const data = bytes.subarray(HASH_BYTES);
      return timingSafeEqual(bytes.subarray(0, HASH_BYTES), hashOf(id, data)) ? data : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined; // Missing, or shorter than a hash.
  }
}

function writeCompiled(path: string, id: string, data: Buffer): void {
  const folder = dirname(path);
  const temporary = `${path}.${String(process.pid)}`;
  try {
    if (!existsSync(folder)) mkdirSync(folder);
    writeFileSync(temporary, Buffer.concat([hashOf(id, data), data]), { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // A read-only or full disk, or no state folder at all: the next start is not faster. What was
    // written would take the last of the disk from the node's state.
    removeQuietly(temporary);
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The reason is the same as above.
  }
}

const hashOf = (id: string, data: Uint8Array): Buffer =>
  createHash("sha256").update(id).update(data).digest();
