import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { calculateJwkThumbprint } from "jose";

import { type KeyRing, openKeyRing } from "./key-ring.ts";
import { publicHalf, RINGS, SECRETS } from "./own-secrets.ts";
import { openSecretFile } from "./secret-file.ts";

/** Makes every missing key, and lists all of them: thumbprints, never a secret. */
export async function createKeys(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { file, make } of Object.values(SECRETS))
    await openSecretFile(join(folder, file), make);
  const lines = [];
  for (const [name, { file, make }] of Object.entries(RINGS)) {
    const ring = await openKeyRing(folder, file, make);
    lines.push(`${name}: ${await describeRing(ring)}`);
  }
  return lines;
}

export async function describeRing(ring: KeyRing): Promise<string> {
  const [current, next] = await Promise.all(
    [ring.currentPem, ring.nextPem].map((pem) => calculateJwkThumbprint(publicHalf(pem))),
  );
  return `signs with ${current ?? ""}, next ${next ?? ""}, ${String(ring.former.length)} former`;
}
