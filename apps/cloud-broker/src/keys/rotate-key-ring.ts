import { randomUUID } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

import { type KeyRing, openKeyRing, ringPaths } from "./key-ring.ts";

/**
 * The announced key begins to sign, and a new one is announced. A crash at any point leaves a ring
 * that opens: the public half of the old key is stored before the new key replaces it, and the next
 * opener makes a missing successor.
 *
 * @param publicHalf - of a PEM, as a JWK
 */
export async function rotateKeyRing(
  folder: string,
  name: string,
  tools: {
    readonly make: () => Uint8Array | Promise<Uint8Array>;
    readonly publicHalf: (pem: string) => Readonly<Record<string, string>>;
    readonly nowMs: number;
  },
): Promise<KeyRing> {
  const paths = ringPaths(folder, name);
  const { currentPem, former } = await openKeyRing(folder, name, tools.make);
  const retired = { jwk: tools.publicHalf(currentPem), retiredAtMs: tools.nowMs };
  await replaceFile(paths.former, JSON.stringify([...former, retired]));
  await rename(paths.next, paths.current);
  await syncFolder(folder);
  return openKeyRing(folder, name, tools.make);
}

/** A secret that only the broker knows needs no successor: it is replaced in one step. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await withFile(await open(temporary, "wx", 0o600), async (file) => {
      await file.writeFile(content);
      await file.sync();
    });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  await withFile(await open(path, "r"), (folder) => folder.sync());
}

async function withFile(file: FileHandle, use: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
