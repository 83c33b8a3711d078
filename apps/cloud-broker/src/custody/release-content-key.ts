import { failed } from "../core/failed.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { recoveryFacts } from "../core/recovery-facts.ts";
import type { Store } from "../store/store.ts";
import type { CurrentKey } from "./current-key.ts";
import { type HeldEnvelope, loadHeldEnvelope } from "./held-envelope.ts";
import type { VaultAccess } from "./key-reader.ts";
import { type BackupDependencies, type BackupUse, openByBackup } from "./open-by-backup.ts";
import { noteWorking } from "./primary-standings.ts";
import { type Use, type Used, unwrapWith, type Wrapping } from "./unwrap-with.ts";
import { atVersion, type KnownKeys, usableKeyOf } from "./usable-key.ts";

/** `backup` is set when a backup key replaced the current key. */
export type Released<T> = Used<T> & { readonly backup?: BackupUse | undefined };
export type ReleaseHow = {
  readonly correlationId?: string | undefined;
  /** Whether an earlier Get of the key will not do (docs/design/decisions/0021). */
  readonly freshKey?: boolean | undefined;
};
export type UnwrapDependencies = VaultAccess & KnownKeys & { readonly store: Store };

/**
 * Lets `use` have the content key of a node's current envelope: Get, unwrap, commitment. If
 * this fails and the order received another key meanwhile, the new key is tried, so that a rotation
 * never looks like a refusal. If the key is lost, a backup key may open the envelope.
 */
export async function releaseContentKey<T>(
  deps: BackupDependencies,
  before: HeldEnvelope,
  use: Use<T>,
  { correlationId, freshKey }: ReleaseHow = {},
): Promise<Outcome<Released<T>>> {
  const byBackup = ({ current, stored }: HeldEnvelope, failure: Failure) =>
    openByBackup(deps, current, stored.envelope, failure, use, correlationId);
  const released = await unwrapEnvelope(deps, before.current, before.stored, use, freshKey);
  if (released.ok) return noted(deps, before, released);
  const after = await loadHeldEnvelope(deps.store, before.current.order, before.stored.serial);
  if (after === undefined || after.current.revision === before.current.revision)
    return byBackup(before, released.failure);
  const again = await unwrapEnvelope(deps, after.current, after.stored, use, freshKey);
  return again.ok ? noted(deps, after, again) : byBackup(after, again.failure);
}

async function noted<T>(
  { store }: Pick<UnwrapDependencies, "store">,
  { current, doubt }: HeldEnvelope,
  released: Outcome<T>,
): Promise<Outcome<T>> {
  if (doubt !== undefined) await noteWorking(store, current.order, { mark: doubt });
  return released;
}

export const notGenerated: Outcome<never> = failed({ code: "SsemUserErrorSecretsNotGenerated" });

function nameCurrentKey(failure: Failure, current: CurrentKey): Failure {
  const { order: id, choice: key, identities } = current;
  return { ...failure, facts: { ...recoveryFacts({ id, key, identities }), ...failure.facts } };
}

/**
 * Opens an envelope by the current key. Applies our own rules: a key that may not be used may not
 * unwrap either, even where Key Vault would do it.
 */
export async function unwrapEnvelope<T>(
  deps: VaultAccess & KnownKeys,
  current: CurrentKey,
  wrapping: Wrapping,
  use: Use<T>,
  freshKey = false,
): Promise<Outcome<Used<T>>> {
  const chosen = usableKeyOf(deps, current, current.identities, current.choice);
  if (!chosen.ok) return failed(nameCurrentKey(chosen.failure, current));
  const usable = atVersion(chosen.value, wrapping.kid, deps.keyVaultSuffixes);
  if (!usable.ok) return usable;
  const { reader } = deps;
  const key = await (freshKey
    ? reader.readUsable(usable.value)
    : reader.readForUnwrap(usable.value));
  return key.ok ? unwrapWith(deps, usable.value, wrapping, use) : key;
}
