import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { link, open, realpath, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { AppError, systemCodeOf } from "@databox-cmk/errors";

const PRIVATE_MODE = 0o600;
const OTHERS = 0o077;
/** Many times the size of a ring of keys, the largest of our secrets. */
const MAX_BYTES = 1024 * 1024;

/**
 * Bytes of a secret file; makes the file if it does not exist. The file is written under a
 * temporary name, synced and then linked to its own name, so that a crash leaves either no file or
 * a complete one, and two processes that start together read the same bytes. The library
 * write-file-atomic does not serve: it renames, so the second process would replace the first one's
 * key.
 *
 * @throws {AppError} Misuse when others may read the file: its secret must be considered known.
 */
export async function openSecretFile(
  path: string,
  create: () => Uint8Array | Promise<Uint8Array>,
): Promise<Uint8Array> {
  const existing = await readSecretFile(path);
  if (existing !== undefined) return existing;
  await writeOnce(path, await create());
  const written = await readSecretFile(path);
  if (written === undefined) throw new Error(`${path} disappeared while it was created`);
  return written;
}

/**
 * @returns undefined when the file does not exist
 * @throws {AppError} Misuse for a file that others may read, or that is a symbolic link out of its
 * folder
 */
export async function readSecretFile(path: string): Promise<Uint8Array | undefined> {
  let file;
  try {
    file = await open(await withinFolder(path), constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
  try {
    const { mode, uid, size } = await file.stat();
    if ((mode & OTHERS) !== 0 && !(uid === 0 && isMounted(mode)))
      throw new AppError("Misuse", {
        detail: `${path} can be read by other users; replace this secret, and keep the file at mode 0600`,
      });
    if (size > MAX_BYTES)
      throw new AppError("Misuse", { detail: `${path} is too large to be a secret` });
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * As Kubernetes mounts a secret for a group: owned by root, read-only, not accessible to others.
 */
const isMounted = (mode: number): boolean => (mode & 0o777) === 0o440;

/**
 * Kubernetes mounts secrets as links to a folder beside them, which it replaces as a whole; other
 * links are not followed.
 */
async function withinFolder(path: string): Promise<string> {
  const folder = await realpath(dirname(path));
  const real = await realpath(path);
  if (real === join(folder, basename(path)) || real.startsWith(`${folder}/..`)) return real;
  throw new AppError("Misuse", { detail: `${path} is a symbolic link; expected a file` });
}

async function writeOnce(path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    const file = await open(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
      PRIVATE_MODE,
    );
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path).catch(ignoreExisting);
    const folder = await open(dirname(path), constants.O_RDONLY);
    await folder.sync().finally(() => folder.close());
  } finally {
    await rm(temporary, { force: true });
  }
}

function ignoreExisting(error: unknown): void {
  if (systemCodeOf(error) !== "EEXIST") throw error;
}
