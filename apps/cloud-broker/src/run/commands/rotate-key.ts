import { statSync } from "node:fs";
import { join } from "node:path";

import { importVerifyKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import { DAY_MS } from "../../core/day.ts";
import { describeRing } from "../../keys/create-keys.ts";
import { type KeyRing, openKeyRing, ringPaths } from "../../keys/key-ring.ts";
import { publicHalf, RINGS, ROTATABLE, SECRETS } from "../../keys/own-secrets.ts";
import { replaceFile, rotateKeyRing } from "../../keys/rotate-key-ring.ts";
import { findWithoutKey } from "../../release/enrolment/pinned-keys.ts";
import type { Store } from "../../store/store.ts";

/** Entra ID caches an issuer's keys for up to a day. */
const ANNOUNCED_BEFORE_USE_MS = DAY_MS;
const NAMED_MAX = 10;

/**
 * The announced key begins to sign, or a secret is replaced. This takes effect when the broker's
 * replicas restart one after the other; meanwhile signatures of the old and the new key are
 * accepted.
 *
 * @param force - although some devices, or Entra ID, may not know the new key yet
 * @throws {AppError} Misuse that names the parties that would refuse the new key
 */
export async function rotateKey(
  name: string,
  folder: string,
  deps: { readonly store: () => Promise<Store>; readonly nowMs: number; readonly force: boolean },
): Promise<string> {
  const secret = Object.entries(SECRETS).find(([key]) => key === name)?.[1];
  if (secret !== undefined) {
    await replaceFile(join(folder, secret.file), secret.make());
    return `${name}: replaced`;
  }
  const row = Object.entries(RINGS).find(([key]) => key === name)?.[1];
  if (row === undefined)
    throw new AppError("Misuse", { detail: `expected one of ${ROTATABLE.join(", ")}` });
  const ring = await openKeyRing(folder, row.file, row.make);
  if (!deps.force)
    await (name === "signing"
      ? requirePinned(ring, deps.store)
      : requireAnnounced(folder, deps.nowMs));
  const rotated = await rotateKeyRing(folder, row.file, {
    make: row.make,
    publicHalf,
    nowMs: deps.nowMs,
  });
  return `${name}: ${await describeRing(rotated)}`;
}

async function requirePinned(ring: KeyRing, open: () => Promise<Store>): Promise<void> {
  const { kid } = importVerifyKey(publicHalf(ring.nextPem));
  const store = await open();
  try {
    const without = await findWithoutKey(store, kid);
    if (without.length === 0) return;
    const named = without.slice(0, NAMED_MAX).map(({ order, serial }) => `${serial} (${order})`);
    throw new AppError("Misuse", {
      detail:
        `${String(without.length)} devices do not know the next key yet and would reject answers signed with it: ` +
        `${named.join(", ")}${without.length > NAMED_MAX ? ", …" : ""}. They learn it when their daemon runs ` +
        "(databox-agent serve), or at their next unlock after the previous rotation; --force rotates anyway",
    });
  } finally {
    await store.destroy();
  }
}

function requireAnnounced(folder: string, nowMs: number): Promise<void> {
  const { next } = ringPaths(folder, RINGS.issuer.file);
  const ageMs = Math.max(0, nowMs - statSync(next).mtimeMs);
  if (ageMs >= ANNOUNCED_BEFORE_USE_MS) return Promise.resolve();
  const hours = Math.ceil((ANNOUNCED_BEFORE_USE_MS - ageMs) / 3_600_000);
  throw new AppError("Misuse", {
    detail: `the next issuer key has been shown for less than a day, and Entra ID may not have fetched it; rotate in ${String(hours)} h, or with --force`,
  });
}
