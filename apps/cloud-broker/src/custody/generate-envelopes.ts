import { type Envelope, zero } from "@databox-cmk/crypto";

import { failed } from "../core/failed.ts";
import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import { orderFacts } from "../core/recovery-facts.ts";
import { loadBackupKeys } from "./backup-keys.ts";
import { bindRevision, CommitConflict, insertEnvelopes } from "./bind-revision.ts";
import { type CurrentKey, loadCurrentKey } from "./current-key.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import type { AlsoCommit } from "./key-custody.ts";
import { loadOwnPasskey } from "./own-passkey.ts";
import { type UnwrapDependencies, unwrapEnvelope } from "./release-content-key.ts";
import {
  newPasskey,
  newShare,
  NO_NODE_YET,
  openPasskey,
  type Sealable,
  sealForNode,
} from "./seal-passkey.ts";
import { kindOf, loadCurrentEnvelopes, type StoredEnvelope } from "./stored-envelopes.ts";
import { atVersion, usableKeyOf } from "./usable-key.ts";

/** Number of attempts that follow an intervening change of key, before the caller must retry. */
const ATTEMPTS = 3;

type Dependencies = UnwrapDependencies & Pick<CustodyDependencies, "now" | "custodyOf">;
type NewEnvelope = { readonly serial: string; readonly kid: string; readonly envelope: Envelope };

/**
 * Makes one envelope for each node that has none: of one passkey for the order, or of a share for
 * each node. Nothing is written before everything is sealed.
 */
export async function generateEnvelopes(
  deps: Dependencies,
  order: OrderId,
  serials: readonly string[],
  alsoCommit?: AlsoCommit,
): Promise<Outcome<undefined>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const current = await loadCurrentKey(deps.store, order);
    if (current === undefined)
      return failed({ code: "ResourceNotFound", facts: orderFacts(order) });
    const existing = await loadCurrentEnvelopes(deps.store, order);
    const missing = serials.filter(
      (serial) => !existing.some((stored) => stored.serial === serial),
    );
    const sealed =
      missing.length === 0 ? NOTHING_NEW : await sealMissing(deps, current, existing, missing);
    if (!sealed.ok) return sealed;
    try {
      await commit(deps, current, sealed.value, alsoCommit);
      return { ok: true, value: undefined };
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
    }
  }
  return failed({ code: "RewrapConflict", facts: orderFacts(order) });
}

const NOTHING_NEW: Outcome<readonly NewEnvelope[]> = { ok: true, value: [] };

async function sealMissing(
  deps: Dependencies,
  current: CurrentKey,
  existing: readonly StoredEnvelope[],
  serials: readonly string[],
): Promise<Outcome<readonly NewEnvelope[]>> {
  const chosen = usableKeyOf(deps, current, current.identities, current.choice);
  if (!chosen.ok) return chosen;
  // All envelopes of an order are wrapped to one version; the first one takes the newest that the
  // choice names.
  const [first] = existing;
  const usable =
    first === undefined ? chosen : atVersion(chosen.value, first.kid, deps.keyVaultSuffixes);
  if (!usable.ok) return usable;
  const key = await deps.reader.readUsable(usable.value);
  if (!key.ok) return key;
  const { kid } = key.value;
  const backups = await loadBackupKeys(deps.store, current.order);
  const keys = { usable: usable.value, kid, backups };
  const kind = first === undefined ? (await deps.custodyOf(current.order)).kind : kindOf(first);
  const passkey = kind === "split" ? undefined : await obtainPasskey(deps, current, first);
  if (passkey?.ok === false) return passkey;
  try {
    const sealed: NewEnvelope[] = [];
    for (const serial of serials) {
      const made = passkey?.value ?? newShare();
      const envelope = await sealForNode(deps, keys, serial, made).finally(() => {
        if (made.cus === "split") zero(made.plaintext);
      });
      if (!envelope.ok) return envelope;
      sealed.push({ serial, kid, envelope: envelope.value });
    }
    return { ok: true, value: sealed };
  } finally {
    zero(passkey?.value.plaintext);
  }
}

/** The order's passkey: that of its other nodes, or the customer's own, or a new one. */
async function obtainPasskey(
  deps: Dependencies,
  current: CurrentKey,
  other: StoredEnvelope | undefined,
): Promise<Outcome<Sealable>> {
  const { order } = current;
  const own = other === undefined ? await loadOwnPasskey(deps.store, order) : undefined;
  const source = other ?? own;
  if (source === undefined) return { ok: true, value: newPasskey() };
  const serial = other?.serial ?? NO_NODE_YET;
  const opened = await unwrapEnvelope(deps, current, source, (contentKey) =>
    openPasskey(source.envelope, contentKey, order, serial),
  );
  return opened.ok
    ? { ok: true, value: { plaintext: opened.value.result, cus: undefined } }
    : opened;
}

async function commit(
  { store, now }: Pick<Dependencies, "store" | "now">,
  { order, revision }: CurrentKey,
  sealed: readonly NewEnvelope[],
  alsoCommit: AlsoCommit | undefined,
): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    await alsoCommit?.(transaction);
    const [first] = sealed;
    if (first === undefined) return;
    await bindRevision(transaction, order, revision, { kid: first.kid });
    await insertEnvelopes(
      transaction,
      sealed.map(({ serial, kid, envelope }) => ({
        order_id: order,
        serial,
        generation: 1,
        env: envelope.context.env,
        kid,
        jwe_json: JSON.stringify(envelope.toJSON()),
        created_at_ms: now(),
      })),
    );
    await transaction.deleteFrom("own_passkeys").where("order_id", "=", order).execute();
  });
}
