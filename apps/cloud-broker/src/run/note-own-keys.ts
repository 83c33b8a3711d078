import { hash } from "node:crypto";
import { join } from "node:path";

import { RINGS, SECRETS } from "../keys/own-secrets.ts";
import { readSecretFile } from "../keys/secret-file.ts";
import type { Store } from "../store/store.ts";

type OwnKey = keyof typeof RINGS | keyof typeof SECRETS;

const FILES: Readonly<Record<OwnKey, string>> = {
  signing: `${RINGS.signing.file}.pem`,
  issuer: `${RINGS.issuer.file}.pem`,
  nonce: SECRETS.nonce.file,
  session: SECRETS.session.file,
};

/**
 * Notes in the database which of its own keys the broker uses, and since when. A file does not
 * know: one of a mounted secret is as old as its pod.
 *
 * @param unused - of which the folder may have a file that is not used
 * @returns when the broker first used each key that it uses now
 */
export async function noteOwnKeys(
  store: Store,
  folder: string,
  nowMs: number,
  unused: readonly OwnKey[],
): Promise<ReadonlyMap<string, number>> {
  const rows = [];
  for (const [name, file] of Object.entries(FILES)) {
    if (unused.some((each) => each === name)) continue;
    const bytes = await readSecretFile(join(folder, file));
    if (bytes === undefined) continue;
    rows.push({ name, fingerprint: hash("sha256", bytes, "hex"), since_ms: nowMs });
  }
  if (rows.length === 0) return new Map();
  await store
    .insertInto("own_keys")
    .values(rows)
    .onConflict((conflict) => conflict.columns(["name", "fingerprint"]).doNothing())
    .execute();
  const known = await store
    .selectFrom("own_keys")
    .select(["name", "fingerprint", "since_ms"])
    .where(
      "fingerprint",
      "in",
      rows.map(({ fingerprint }) => fingerprint),
    )
    .execute();
  return new Map(known.map(({ name, since_ms }) => [name, since_ms]));
}
