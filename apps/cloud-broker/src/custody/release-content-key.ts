import { matchesCommitment, zero } from "@databox-cmk/crypto";

import type { OrderId } from "../core/order.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { recoveryFacts } from "../core/recovery-facts.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import { describeFailure } from "./describe-failure.ts";
import { type HeldEnvelope, loadHeldEnvelope } from "./held-envelope.ts";
import type { KeyInForce } from "./key-in-force.ts";
import type { KeyReader } from "./key-reader.ts";
import { type BackupDependencies, type BackupUse, openByBackup } from "./open-by-backup.ts";
import { noteWorking } from "./primary-standings.ts";
import type { StoredEnvelope } from "./stored-envelopes.ts";
import { atVersion, usableKeyOf } from "./usable-key.ts";

export type ReleasedKey = {
  readonly contentKey: Uint8Array;
  readonly kid: string;
  readonly vaultRequestId?: string;
  /** Set when a backup key replaced the key in force. */
  readonly backup?: BackupUse;
};
export type ReleaseDependencies = Pick<
  CustodyDependencies,
  "store" | "vaults" | "serviceKey" | "keyVaultSuffixes"
> & { readonly reader: KeyReader };

/**
 * Unwraps the content key of a node's current envelope: fresh Get, unwrap, commitment. If this
 * fails and the order received another key meanwhile, the new key is tried, so that a rotation
 * never looks like a refusal. If the key is lost, a backup key may open the envelope.
 *
 * @param held - of the same node, if the caller has just read it.
 */
export async function releaseContentKey(
  deps: BackupDependencies,
  order: OrderId,
  serial: string,
  held?: HeldEnvelope,
): Promise<Outcome<ReleasedKey>> {
  const before = held ?? (await loadHeldEnvelope(deps.store, order, serial));
  if (before === undefined) return notGenerated;
  const released = await unwrapEnvelope(deps, before.inForce, before.stored);
  if (released.ok) return noted(deps, before, released);
  const after = await loadHeldEnvelope(deps.store, order, serial);
  if (after === undefined || after.inForce.revision === before.inForce.revision)
    return openByBackup(deps, before.inForce, before.stored.envelope, released.failure);
  const again = await unwrapEnvelope(deps, after.inForce, after.stored);
  return again.ok
    ? noted(deps, after, again)
    : openByBackup(deps, after.inForce, after.stored.envelope, again.failure);
}

async function noted(
  { store }: ReleaseDependencies,
  { inForce, isDoubted }: HeldEnvelope,
  released: Outcome<ReleasedKey>,
): Promise<Outcome<ReleasedKey>> {
  if (isDoubted) await noteWorking(store, inForce.order);
  return released;
}

export const notGenerated: Outcome<never> = {
  ok: false,
  failure: { code: "SsemUserErrorSecretsNotGenerated" },
};

function nameKeyInForce(failure: Failure, inForce: KeyInForce): Failure {
  const { order: id, choice: key, identities } = inForce;
  return { ...failure, facts: { ...recoveryFacts({ id, key, identities }), ...failure.facts } };
}

/**
 * Applies our own rules: a key that may not be used may not unwrap either, even where Key Vault
 * would do it.
 */
export async function unwrapEnvelope(
  deps: Pick<ReleaseDependencies, "vaults" | "reader" | "serviceKey" | "keyVaultSuffixes">,
  inForce: KeyInForce,
  { envelope, kid }: Pick<StoredEnvelope, "envelope" | "kid">,
): Promise<Outcome<ReleasedKey>> {
  const { vaults, reader } = deps;
  const chosen = usableKeyOf(deps, inForce, inForce.identities, inForce.choice);
  if (!chosen.ok) return { ok: false, failure: nameKeyInForce(chosen.failure, inForce) };
  const usable = atVersion(chosen.value, kid, deps.keyVaultSuffixes);
  if (!usable.ok) return usable;
  const encryptedKey = envelope.recipients.find((recipient) => recipient.kid === kid)?.encryptedKey;
  if (encryptedKey === undefined)
    return {
      ok: false,
      failure: { code: "PasskeyUnavailable", detail: "the envelope has no recipient for its key" },
    };
  const key = await reader.readUsable(usable.value);
  if (!key.ok) return key;
  const unwrapped = await vaults.unwrapKey(usable.value.identity, kid, encryptedKey);
  if (!unwrapped.ok)
    return { ok: false, failure: await reader.explain(usable.value, unwrapped.failure) };
  const { contentKey, vaultRequestId } = unwrapped.value;
  const requestId = vaultRequestId !== undefined && { vaultRequestId };
  if (matchesCommitment(envelope, contentKey))
    return { ok: true, value: { contentKey, kid, ...requestId } };
  zero(contentKey);
  const failure = {
    code: "KeyVersionMismatch",
    detail: "the unwrapped key is not the envelope's",
    ...requestId,
  } as const;
  return { ok: false, failure: describeFailure(failure, usable.value) };
}
