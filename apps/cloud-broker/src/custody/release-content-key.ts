import { failed } from "../core/failed.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { recoveryFacts } from "../core/recovery-facts.ts";
import type { Store } from "../store/store.ts";
import { type HeldEnvelope, loadHeldEnvelope } from "./held-envelope.ts";
import type { KeyInForce } from "./key-in-force.ts";
import type { VaultAccess } from "./key-reader.ts";
import { type BackupDependencies, type BackupUse, openByBackup } from "./open-by-backup.ts";
import { noteWorking } from "./primary-standings.ts";
import { type Use, type Used, unwrapWith, type Wrapping } from "./unwrap-with.ts";
import { atVersion, type KnownKeys, usableKeyOf } from "./usable-key.ts";

/** `backup` is set when a backup key replaced the key in force. */
export type Released<T> = Used<T> & { readonly backup?: BackupUse | undefined };
export type UnwrapDependencies = VaultAccess & KnownKeys & { readonly store: Store };

/**
 * Lets `use` have the content key of a node's current envelope: fresh Get, unwrap, commitment. If
 * this fails and the order received another key meanwhile, the new key is tried, so that a rotation
 * never looks like a refusal. If the key is lost, a backup key may open the envelope.
 */
export async function releaseContentKey<T>(
  deps: BackupDependencies,
  before: HeldEnvelope,
  use: Use<T>,
  correlationId?: string,
): Promise<Outcome<Released<T>>> {
  const byBackup = ({ inForce, stored }: HeldEnvelope, failure: Failure) =>
    openByBackup(deps, inForce, stored.envelope, failure, use, correlationId);
  const released = await unwrapEnvelope(deps, before.inForce, before.stored, use);
  if (released.ok) return noted(deps, before, released);
  const { order, revision } = before.inForce;
  const after = await loadHeldEnvelope(deps.store, order, before.stored.serial);
  if (after === undefined || after.inForce.revision === revision)
    return byBackup(before, released.failure);
  const again = await unwrapEnvelope(deps, after.inForce, after.stored, use);
  return again.ok ? noted(deps, after, again) : byBackup(after, again.failure);
}

async function noted<T>(
  { store }: Pick<UnwrapDependencies, "store">,
  { inForce, isDoubted }: HeldEnvelope,
  released: Outcome<T>,
): Promise<Outcome<T>> {
  if (isDoubted) await noteWorking(store, inForce.order);
  return released;
}

export const notGenerated: Outcome<never> = failed({ code: "SsemUserErrorSecretsNotGenerated" });

function nameKeyInForce(failure: Failure, inForce: KeyInForce): Failure {
  const { order: id, choice: key, identities } = inForce;
  return { ...failure, facts: { ...recoveryFacts({ id, key, identities }), ...failure.facts } };
}

/**
 * Opens an envelope by the key in force. Applies our own rules: a key that may not be used may not
 * unwrap either, even where Key Vault would do it.
 */
export async function unwrapEnvelope<T>(
  deps: VaultAccess & KnownKeys,
  inForce: KeyInForce,
  wrapping: Wrapping,
  use: Use<T>,
): Promise<Outcome<Used<T>>> {
  const chosen = usableKeyOf(deps, inForce, inForce.identities, inForce.choice);
  if (!chosen.ok) return failed(nameKeyInForce(chosen.failure, inForce));
  const usable = atVersion(chosen.value, wrapping.kid, deps.keyVaultSuffixes);
  if (!usable.ok) return usable;
  const key = await deps.reader.readUsable(usable.value);
  return key.ok ? unwrapWith(deps, usable.value, wrapping, use) : key;
}
