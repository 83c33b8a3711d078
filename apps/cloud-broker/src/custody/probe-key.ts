import { hash, randomBytes } from "node:crypto";

import { decodeBase64url, encodeBase64url, zero } from "@databox-cmk/crypto";

import { failed } from "../core/failed.ts";
import { isFresh } from "../core/is-fresh.ts";
import type { EpochMs, KeyIdentity, OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import { operationWeight, SHARED_GET } from "../core/vault-capacity.ts";
import { loadBackupKeys } from "./backup-keys.ts";
import { loadCurrentKey } from "./current-key.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import { describeFailure } from "./describe-failure.ts";
import type { KnownKey, VaultAccess } from "./key-reader.ts";
import { noteFailure, noteWorking } from "./primary-standings.ts";
import { notGenerated } from "./release-content-key.ts";
import { atVersion, type KnownKeys, type UsableKey, usableKeyOf } from "./usable-key.ts";
import { wrapContentKey } from "./wrap-content-key.ts";
import { usableBackupOf } from "./wrap-for-order.ts";

const CANARY_BYTES = 32;

/** In which of the steps an identity reads the key itself, on every replica. */
const stepOf = (identity: string): number =>
  hash("sha1", identity, "buffer").readUInt32BE() % SHARED_GET.ownEach;
const nameOf = (identity: KeyIdentity): string =>
  identity.kind === "order" ? identity.clientId : "";

type CanaryDependencies = VaultAccess & Pick<CustodyDependencies, "store" | "now">;
type ProbeDependencies = CanaryDependencies & KnownKeys;

/**
 * Get, then an unwrap of the key version's canary; the first probe of a version makes the canary.
 * Some probes use the Get of another identity (docs/design/decisions/0010-leases.md).
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
  // It used no envelope, so it ends no refusal.
  if (outcome.ok) await noteWorking(deps.store, order, { state: "unreachable" });
  else await noteFailure(deps, order, outcome.failure);
}

async function askVault(
  deps: CanaryDependencies,
  usable: UsableKey,
  kid: string,
): Promise<Outcome<undefined>> {
  const key = await deps.reader.readUsable(usable, (known) =>
    isShared(known, usable.identity, deps.now()),
  );
  if (!key.ok) return key;
  const weight = operationWeight(key.value);
  const canary = await deps.store
    .selectFrom("canaries")
    .select(["encrypted_key", "value_hash", "weight"])
    .where("kid", "=", kid)
    .executeTakeFirst();
  const outcome =
    canary === undefined
      ? await makeCanary(deps, usable, kid, weight)
      : await unwrapCanary(deps, usable, kid, canary);
  // A version that wrote no weight made this canary.
  if (canary?.weight === null)
    await deps.store.updateTable("canaries").set({ weight }).where("kid", "=", kid).execute();
  return outcome;
}

/** Whether an identity does without a Get of its own, which it makes in one step of ten. */
function isShared({ reader, atMs }: KnownKey, identity: KeyIdentity, nowMs: EpochMs): boolean {
  const name = nameOf(identity);
  const isOwnStep = Math.floor(nowMs / SHARED_GET.stepMs) % SHARED_GET.ownEach === stepOf(name);
  return isFresh(nowMs, atMs, SHARED_GET.forMs) && !isOwnStep && nameOf(reader) !== name;
}

async function makeCanary(
  deps: CanaryDependencies,
  usable: UsableKey,
  kid: string,
  weight: number,
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
        weight,
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
