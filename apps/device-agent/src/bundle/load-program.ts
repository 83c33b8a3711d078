import { createHash, timingSafeEqual } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

const HASH_BYTES = 32;

export type LoadedProgram = {
  readonly exports: unknown;
  /** For the next run. Called at the end of a command, it holds what the command has used, and nothing else. */
  readonly keepCompiled: () => void;
};

type Build = (builtin: (name: string) => unknown, file: string) => unknown;

/**
 * Runs the bundle with V8's compiled form of an earlier run. Where there is none, or none of this program and this V8, the start
 * is slower, no more: so nothing here fails.
 *
 * By node:vm because `module.enableCompileCache`, which was looked at, keeps what is compiled before the first function
 * runs: each function was compiled again in each run, a tenth of a cold unlock.
 *
 * @param folder - only its owner may write here: what is read is run; made where the folder above is there
 * @param name - a command has its own file: it uses a tenth of the program
 */
export function loadProgram(file: string, folder: string, name: string): LoadedProgram {
  const source = readFileSync(file, "latin1"); // rolldown.config.ts leaves nothing but ASCII
  const id = source.slice(0, source.indexOf("\n"));
  const cacheFile = join(folder, `${name}.bin`);
  const cachedData = readCompiled(cacheFile, id);
  const script = new Script(source, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
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

/** V8 compares no more than the length of the source, and believes the bytes: their hash tells the program, and a torn write. */
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
    return undefined; // not there yet, or shorter than a hash
  }
}

function writeCompiled(path: string, id: string, data: Buffer): void {
  const folder = dirname(path);
  try {
    if (!existsSync(folder)) mkdirSync(folder);
    const temporary = `${path}.${String(process.pid)}`;
    writeFileSync(temporary, Buffer.concat([hashOf(id, data), data]), { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // A read-only or full disk, or no state folder at all: the next start is no faster.
  }
}

const hashOf = (id: string, data: Uint8Array): Buffer =>
  createHash("sha256").update(id).update(data).digest();
