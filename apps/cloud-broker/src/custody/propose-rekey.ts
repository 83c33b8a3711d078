import { randomUUID } from "node:crypto";

import { parseEnvelope, zero } from "@databox-cmk/crypto";
import type { Custody } from "@databox-cmk/protocol";

import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import { loadBackupKeys } from "./backup-keys.ts";
import { holdRevision } from "./bind-revision.ts";
import type { CurrentKey } from "./current-key.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import { loadHeldEnvelope } from "./held-envelope.ts";
import type { RekeyProposal, UseBoth } from "./key-custody.ts";
import { notGenerated, type UnwrapDependencies, unwrapEnvelope } from "./release-content-key.ts";
import { newPasskey, newShare, sealForNode } from "./seal-passkey.ts";
import { isSplit, kindOf, type StoredEnvelope } from "./stored-envelopes.ts";
import { atVersion, usableKeyOf } from "./usable-key.ts";

type Dependencies = UnwrapDependencies & Pick<CustodyDependencies, "now" | "custodyOf">;
type Proposed = Omit<StoredEnvelope, "generation"> & { readonly id: string };

/**
 * Makes a passkey, or a share of a key, that the node does not know yet, beside the one in force.
 * Both content keys come from the vault, by its checks: a key that may not unlock may not rekey
 * either.
 */
export async function proposeRekey<T>(
  deps: Dependencies,
  order: OrderId,
  serial: string,
  use: UseBoth<T>,
): Promise<Outcome<RekeyProposal<T>>> {
  const before = await loadHeldEnvelope(deps.store, order, serial);
  if (before === undefined) return notGenerated;
  const { current, stored } = before;
  const opened = await unwrapEnvelope(deps, current, stored, async (currentKey, by) => {
    const proposed = await loadOrMake(deps, current, stored);
    if (!proposed.ok) return proposed;
    const used = await unwrapEnvelope(deps, current, proposed.value, (proposedKey) =>
      use(currentKey, proposedKey),
    );
    if (!used.ok) return used;
    const { id, env, envelope } = proposed.value;
    const generation = stored.generation + 1;
    const next = {
      order,
      serial,
      env,
      generation,
      jwe: envelope.toJSON(),
      kid: by.kid,
      custody: kindOf(proposed.value),
    };
    return { ok: true, value: { ...by, id, envelope: next, result: used.value.result } } as const;
  });
  return opened.ok ? opened.value.result : opened;
}

async function loadOrMake(
  deps: Dependencies,
  current: CurrentKey,
  stored: StoredEnvelope,
): Promise<Outcome<Proposed>> {
  // Split custody stays, with any policy.
  const kind = isSplit(stored) ? "split" : (await deps.custodyOf(current.order)).kind;
  const standing = await loadStanding(deps, current, stored);
  return standing === undefined || kindOf(standing) !== kind
    ? makeProposal(deps, current, stored, kind)
    : { ok: true, value: standing };
}

async function loadStanding(
  { store }: Pick<Dependencies, "store">,
  { order, revision }: CurrentKey,
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
  current: CurrentKey,
  { serial, kid }: StoredEnvelope,
  kind: Custody["kind"],
): Promise<Outcome<Proposed>> {
  const chosen = usableKeyOf(deps, current, current.identities, current.choice);
  if (!chosen.ok) return chosen;
  // All envelopes of an order are wrapped to one version.
  const usable = atVersion(chosen.value, kid, deps.keyVaultSuffixes);
  if (!usable.ok) return usable;
  const backups = await loadBackupKeys(deps.store, current.order);
  const made = kind === "split" ? newShare() : newPasskey();
  const keys = { usable: usable.value, kid, backups };
  const sealed = await sealForNode(deps, keys, serial, made).finally(() => {
    zero(made.plaintext);
  });
  if (!sealed.ok) return sealed;
  const id = randomUUID();
  const { env } = sealed.value.context;
  const columns = {
    id,
    revision: current.revision,
    env,
    kid,
    jwe_json: JSON.stringify(sealed.value.toJSON()),
    proposed_at_ms: deps.now(),
    committed_at_ms: null,
  };
  await deps.store.transaction().execute(async (transaction) => {
    // Another change came first, maybe an erasure, which deletes all that is wrapped: a proposal of
    // before can never come into force.
    if (!(await holdRevision(transaction, current.order, current.revision))) return;
    await transaction
      .insertInto("rekeys")
      .values({ order_id: current.order, serial, ...columns })
      .onConflict((conflict) => conflict.columns(["order_id", "serial"]).doUpdateSet(columns))
      .execute();
  });
  return { ok: true, value: { id, serial, env, kid, envelope: sealed.value } };
}
