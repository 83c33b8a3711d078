import { randomUUID } from "node:crypto";

import { generatePasskey, parseEnvelope, zero } from "@databox-cmk/crypto";

import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import { loadBackupKeys } from "./backup-keys.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import { loadHeldEnvelope } from "./held-envelope.ts";
import type { RekeyProposal } from "./key-custody.ts";
import type { KeyInForce } from "./key-in-force.ts";
import { notGenerated, type ReleaseDependencies, unwrapEnvelope } from "./release-content-key.ts";
import { sealPasskey } from "./seal-passkey.ts";
import type { StoredEnvelope } from "./stored-envelopes.ts";
import { atVersion, usableKeyOf } from "./usable-key.ts";

type Dependencies = ReleaseDependencies & Pick<CustodyDependencies, "now">;
type Proposed = Omit<StoredEnvelope, "generation"> & { readonly id: string };

/**
 * Makes a passkey that the node does not know yet, beside the one in force. Both content keys come
 * from the vault, by its checks: a key that may not unlock may not rekey either.
 */
export async function proposeRekey(
  deps: Dependencies,
  order: OrderId,
  serial: string,
): Promise<Outcome<RekeyProposal>> {
  const before = await loadHeldEnvelope(deps.store, order, serial);
  if (before === undefined) return notGenerated;
  const { inForce, stored } = before;
  const current = await unwrapEnvelope(deps, inForce, stored);
  if (!current.ok) return current;
  const { contentKey: currentKey, kid, vaultRequestId } = current.value;
  const proposed = await openProposal(deps, inForce, stored);
  if (!proposed.ok) {
    zero(currentKey);
    return proposed;
  }
  const { id, env, envelope, contentKey: proposedKey } = proposed.value;
  const generation = stored.generation + 1;
  return {
    ok: true,
    value: {
      id,
      envelope: { order, serial, env, generation, jwe: envelope.toJSON(), kid },
      currentKey,
      proposedKey,
      kid,
      ...(vaultRequestId !== undefined && { vaultRequestId }),
    },
  };
}

async function openProposal(
  deps: Dependencies,
  inForce: KeyInForce,
  stored: StoredEnvelope,
): Promise<Outcome<Proposed & { readonly contentKey: Uint8Array }>> {
  const standing = await loadStanding(deps, inForce, stored);
  const proposed: Outcome<Proposed> =
    standing === undefined
      ? await makeProposal(deps, inForce, stored)
      : { ok: true, value: standing };
  if (!proposed.ok) return proposed;
  const opened = await unwrapEnvelope(deps, inForce, proposed.value);
  if (!opened.ok) return opened;
  return { ok: true, value: { ...proposed.value, contentKey: opened.value.contentKey } };
}

async function loadStanding(
  { store }: Dependencies,
  { order, revision }: KeyInForce,
  { serial, kid }: StoredEnvelope,
): Promise<Proposed | undefined> {
  const row = await store
    .selectFrom("rekeys")
    .select(["id", "env", "jwe_json"])
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("revision", "=", revision)
    .where("kid", "=", kid)
    .where("committed_at_ms", "is", null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, env, jwe_json: json } = row;
  return { id, serial, env, kid, envelope: parseEnvelope(json) };
}

async function makeProposal(
  deps: Dependencies,
  inForce: KeyInForce,
  { serial, kid }: StoredEnvelope,
): Promise<Outcome<Proposed>> {
  const chosen = usableKeyOf(deps, inForce, inForce.identities, inForce.choice);
  if (!chosen.ok) return chosen;
  // All envelopes of an order are wrapped to one version.
  const usable = atVersion(chosen.value, kid, deps.keyVaultSuffixes);
  if (!usable.ok) return usable;
  const backups = await loadBackupKeys(deps.store, inForce.order);
  const passkey = new TextEncoder().encode(generatePasskey());
  const keys = { usable: usable.value, kid, backups };
  const sealed = await sealPasskey(deps, keys, serial, passkey).finally(() => {
    zero(passkey);
  });
  if (!sealed.ok) return sealed;
  const { order, revision } = inForce;
  const id = randomUUID();
  const { env } = sealed.value.context;
  const columns = {
    id,
    revision,
    env,
    kid,
    jwe_json: JSON.stringify(sealed.value.toJSON()),
    proposed_at_ms: deps.now(),
    committed_at_ms: null,
  };
  await deps.store
    .insertInto("rekeys")
    .values({ order_id: order, serial, ...columns })
    .onConflict((conflict) => conflict.columns(["order_id", "serial"]).doUpdateSet(columns))
    .execute();
  return { ok: true, value: { id, serial, env, kid, envelope: sealed.value } };
}
