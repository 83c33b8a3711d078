import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { systemCodeOf } from "@databox-cmk/errors";
import * as z from "zod";

import { openSecretFile } from "./secret-file.ts";

/**
 * A key whose public half others know, and its successor, which they know before it is used. Three
 * files by name: `NAME.pem` signs, `NAME.next.pem` is announced, `NAME.former.json` holds public
 * halves of earlier keys.
 */
export type KeyRing = {
  /** PKCS#8 PEM. */
  readonly currentPem: string;
  readonly nextPem: string;
  readonly former: readonly FormerKey[];
};

const formerKey = z.strictObject({
  jwk: z.record(z.string(), z.string()),
  retiredAtMs: z.int(),
});
type FormerKey = z.infer<typeof formerKey>;
const FORMER = z.array(formerKey);

export const ringPaths = (folder: string, name: string) => ({
  current: join(folder, `${name}.pem`),
  next: join(folder, `${name}.next.pem`),
  former: join(folder, `${name}.former.json`),
});

/**
 * Opens a ring, and makes missing keys.
 *
 * @param make - PKCS#8 PEM of a new key
 * @throws {AppError} Misuse for a file that others may read, or for a missing one in a read-only
 * folder
 */
export async function openKeyRing(
  folder: string,
  name: string,
  make: () => Uint8Array | Promise<Uint8Array>,
): Promise<KeyRing> {
  const paths = ringPaths(folder, name);
  const [current, next, former] = await Promise.all([
    openSecretFile(paths.current, make),
    openSecretFile(paths.next, make),
    readFormer(paths.former),
  ]);
  return { currentPem: toText(current), nextPem: toText(next), former };
}

const toText = (pem: Uint8Array): string => Buffer.from(pem).toString("ascii");

async function readFormer(path: string): Promise<readonly FormerKey[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw error;
  }
  return FORMER.parse(JSON.parse(text));
}
