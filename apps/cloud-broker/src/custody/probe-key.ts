import { hash, randomBytes } from "node:crypto";

import { decodeBase64url, encodeBase64url, zero } from "@databox-cmk/crypto";

import { failed } from "../core/failed.ts";
import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import { loadBackupKeys } from "./backup-keys.ts";
import { loadCurrentKey } from "./current-key.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import { describeFailure } from "./describe-failure.ts";
import type { VaultAccess } from "./key-reader.ts";
import { noteFailure, noteWorking } from "./primary-standings.ts";
import { notGenerated } from "./release-content-key.ts";
import { atVersion, type KnownKeys, type UsableKey, usableKeyOf } from "./usable-key.ts";
import { wrapContentKey } from "./wrap-content-key.ts";
import { usableBackupOf } from "./wrap-for-order.ts";

const CANARY_BYTES = 32;

type CanaryDependencies = VaultAccess & Pick<CustodyDependencies, "store">;
type ProbeDependencies = CanaryDependencies & KnownKeys & Pick<CustodyDependencies, "now">;

/**
 * Fresh Get, then an unwrap of the key version's canary; the first probe of a version makes the
 * canary.
 */
export async function probeKey(
  deps: ProbeDependencies,
  order: OrderId,
  kid: string,
): Promise<Outcome<undefined>> {
  const current = await loadCurrentKey(deps.store, order);
  if (current === undefined) return notGenerated;
  const chosen = usableKeyOf(deps, current, current.identities, current.choice);
  if (!chosen.ok) return chosen;
  const usable = atVersion(chosen.value, kid, deps.keyVaultSuffixes);
  if (!usable.ok) return usable;
  const outcome = await askVault(deps, usable.value, kid);
  await noteProbe(deps, order, outcome);
  return outcome;
}

/** Like `probeKey`, for a backup key that a live lease depends on. */
export async function probeBackupKey(
  deps: ProbeDependencies,
  order: OrderId,
  kid: string,
): Promise<Outcome<undefined>> {
  const current = await loadCurrentKey(deps.store, order);
  const backups = await loadBackupKeys(deps.store, order);
  const backup = backups.find((each) => each.kind === "vault" && each.kid === kid);
  if (current === undefined || backup?.kind !== "vault") return notGenerated;
  const usable = usableBackupOf(deps, current, backup);
  return usable.ok ? askVault(deps, usable.value, kid) : usable;
}

/**
 * For an order with backups: the time without an answer counts from the first failed call of any
 * kind.
 */
async function noteProbe(
  deps: Pick<ProbeDependencies, "store" | "now">,
  order: OrderId,
  outcome: Outcome<undefined>,
): Promise<void> {
  const backup = await deps.store
    .selectFrom("backup_keys")
    .select("name")
    .where("order_id", "=", order)
    .where("kind", "=", "vault")
    .executeTakeFirst();
  if (backup === undefined) return;
  if (outcome.ok) await noteWorking(deps.store, order);
  else await noteFailure(deps, order, outcome.failure);
}

async function askVault(
  deps: CanaryDependencies,
  usable: UsableKey,
  kid: string,
): Promise<Outcome<undefined>> {
  const key = await deps.reader.readUsable(usable);
  if (!key.ok) return key;
  const canary = await deps.store
    .selectFrom("canaries")
    .select(["encrypted_key", "value_hash"])
    .where("kid", "=", kid)
    .executeTakeFirst();
  return canary === undefined
    ? makeCanary(deps, usable, kid)
    : unwrapCanary(deps, usable, kid, canary);
}

async function makeCanary(
  deps: CanaryDependencies,
  usable: UsableKey,
  kid: string,
): Promise<Outcome<undefined>> {
  const value = randomBytes(CANARY_BYTES);
  try {
    const wrapped = await wrapContentKey(deps, usable, kid, value);
    if (!wrapped.ok) return wrapped;
    await deps.store
      .insertInto("canaries")
      .values({
        kid,
        encrypted_key: encodeBase64url(wrapped.value),
        value_hash: hash("sha256", value, "base64url"),
      })
      .onConflict((conflict) => conflict.column("kid").doNothing())
      .execute();
    return { ok: true, value: undefined };
  } finally {
    zero(value);
  }
}

async function unwrapCanary(
  { vaults, reader }: VaultAccess,
  usable: UsableKey,
  kid: string,
  canary: { readonly encrypted_key: string; readonly value_hash: string },
): Promise<Outcome<undefined>> {
  const encryptedKey = decodeBase64url(canary.encrypted_key);
  const unwrapped = await vaults.unwrapKey(usable.identity, kid, encryptedKey);
  if (!unwrapped.ok) return failed(await reader.explain(usable, unwrapped.failure));
  const { contentKey } = unwrapped.value;
  try {
    if (hash("sha256", contentKey, "base64url") === canary.value_hash)
      return { ok: true, value: undefined };
    return failed(
      describeFailure(
        { code: "KeyVersionMismatch", detail: "the canary opens to another value" },
        usable,
      ),
    );
  } finally {
    zero(contentKey);
  }
}
