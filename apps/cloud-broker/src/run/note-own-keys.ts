import { hash } from "node:crypto";
import { join } from "node:path";

import { namesOf } from "@databox-cmk/errors";

import type { EpochMs } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import { RINGS, SECRETS } from "../keys/own-secrets.ts";
import { readSecretFile } from "../keys/secret-file.ts";
import type { Store } from "../store/store.ts";

type OwnKey = keyof typeof RINGS | keyof typeof SECRETS;
type UsedKey = { readonly name: OwnKey; readonly fingerprint: string };

const FILES: Readonly<Record<OwnKey, string>> = {
  signing: `${RINGS.signing.file}.pem`,
  issuer: `${RINGS.issuer.file}.pem`,
  nonce: SECRETS.nonce.file,
  session: SECRETS.session.file,
};
/** Each replica notes its keys every half a minute. */
const IN_USE_MS = 120_000;

/** @param unused - of which the folder may have a file that is not used */
export async function readUsedKeys(
  folder: string,
  unused: readonly OwnKey[] = [],
): Promise<readonly UsedKey[]> {
  const used: UsedKey[] = [];
  for (const name of namesOf(FILES)) {
    if (unused.includes(name)) continue;
    const bytes = await readSecretFile(join(folder, FILES[name]));
    if (bytes !== undefined) used.push({ name, fingerprint: hash("sha256", bytes, "hex") });
  }
  return used;
}

/**
 * Notes in the database which of its own keys the broker uses, and since when. A file does not
 * know: one of a mounted secret is as old as its pod.
 *
 * @returns when the broker first used each of them
 */
export async function noteOwnKeys(
  store: Store,
  used: readonly UsedKey[],
  nowMs: EpochMs,
): Promise<ReadonlyMap<string, number>> {
  if (used.length === 0) return new Map();
  await store
    .insertInto("own_keys")
    .values(used.map((key) => ({ ...key, since_ms: nowMs, seen_ms: nowMs })))
    .onConflict((conflict) =>
      conflict.columns(["name", "fingerprint"]).doUpdateSet({ seen_ms: nowMs }),
    )
    .execute();
  const rows = await readRows(store);
  return new Map(used.map((key) => [key.name, sinceOf(rows, key) ?? nowMs]));
}

/**
 * The keys for which another replica uses a newer one: their folder is an older copy.
 *
 * @param atMs - a key that came into use later is a rotation, for which a running replica waits
 */
export async function findOlderKeys(
  store: Store,
  used: readonly UsedKey[],
  nowMs: EpochMs,
  atMs: EpochMs = nowMs,
): Promise<readonly OwnKey[]> {
  const rows = await readRows(store);
  const inUse = rows.filter(({ seen_ms: seenMs }) => (seenMs ?? 0) > nowMs - IN_USE_MS);
  return used
    .filter((key) => {
      const sinceMs = sinceOf(rows, key) ?? Infinity;
      return inUse.some(
        (row) => row.name === key.name && row.since_ms > sinceMs && row.since_ms < atMs,
      );
    })
    .map(({ name }) => name);
}

const readRows = (store: Store) =>
  store.selectFrom("own_keys").select(["name", "fingerprint", "since_ms", "seen_ms"]).execute();

const sinceOf = (
  rows: readonly { name: string; fingerprint: string; since_ms: number }[],
  { name, fingerprint }: UsedKey,
) => rows.find((row) => row.name === name && row.fingerprint === fingerprint)?.since_ms;

/** Notes the keys of a process, round by round, and knows whether it was given older ones. */
export function createOwnKeys(store: Store, read: () => Promise<readonly UsedKey[]>, now: Clock) {
  const startedAtMs = now();
  const sinceMs = new Map<string, number>();
  let used: readonly UsedKey[] | undefined;
  let areOlder = false;
  return {
    sinceMs,
    areOlder: () => areOlder,
    async note(): Promise<void> {
      // Once: a mounted secret changes while its process still uses the former keys.
      used ??= await read();
      for (const [name, atMs] of await noteOwnKeys(store, used, now())) sinceMs.set(name, atMs);
      areOlder = (await findOlderKeys(store, used, now(), startedAtMs)).length > 0;
    },
  };
}
