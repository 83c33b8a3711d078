import { randomUUID } from "node:crypto";

import { record } from "../audit/record.ts";
import type { KeyChoice, OrderId } from "../core/order.ts";
import type { Actor, KeySubject, KeyValidation, Outcome } from "../core/ports.ts";
import { forgetDeleted } from "../store/forget-deleted.ts";
import { putBackupKey, removeBackupKey } from "./change-backup-keys.ts";
import { changeKey, moveAll, validateChoice } from "./change-key.ts";
import { commitRekey } from "./commit-rekey.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import { generateEnvelopes } from "./generate-envelopes.ts";
import { loadHeldEnvelope, nodeEnvelopeOf } from "./held-envelope.ts";
import type { AlsoErase, KeyCustody } from "./key-custody.ts";
import { loadKeyInForce } from "./key-in-force.ts";
import { createKeyReader } from "./key-reader.ts";
import { sealOwnPasskey } from "./own-passkey.ts";
import { probeBackupKey, probeKey } from "./probe-key.ts";
import { proposeRekey } from "./propose-rekey.ts";
import {
  notGenerated,
  releaseContentKey,
  type ReleaseDependencies,
} from "./release-content-key.ts";
import { revealPasskeys } from "./reveal-passkeys.ts";
import { usableKeyOf } from "./usable-key.ts";

type Destruction = {
  readonly order: OrderId;
  readonly actor: Actor;
  readonly alsoErase: AlsoErase | undefined;
  readonly correlationId: string;
};
export function createKeyCustody(dependencies: CustodyDependencies): KeyCustody {
  const deps = { ...dependencies, reader: createKeyReader(dependencies) };
  return {
    validate: (subject, candidate) => validateChoice(deps, subject, candidate),
    change: (subject, choice, actor, alsoCommit, correlationId = randomUUID()) =>
      changeKey(deps, { subject, choice, actor, correlationId, alsoCommit }),
    rehearse: (subject, choice) => rehearseChange(deps, subject, choice),
    newestVersion: (order) => readNewestVersion(deps, order),
    sealOwnPasskey: (subject, choice, passkey) => sealOwnPasskey(deps, subject, choice, passkey),
    generate: (order, serials, alsoCommit) => generateEnvelopes(deps, order, serials, alsoCommit),
    async hold(order, serial, at = deps.store) {
      const held = await loadHeldEnvelope(at, order, serial);
      if (held === undefined) return notGenerated;
      const envelope = nodeEnvelopeOf(held);
      return {
        ok: true,
        value: { envelope, release: (...how) => releaseContentKey(deps, held, ...how) },
      };
    },
    probe: (order, kid) => probeKey(deps, order, kid),
    probeBackup: (order, kid) => probeBackupKey(deps, order, kid),
    putBackup: (subject, name, chosen, context) =>
      putBackupKey(deps, subject, name, chosen, context),
    removeBackup: (order, name, context) => removeBackupKey(deps, order, name, context),
    proposeRekey: (order, serial, use) => proposeRekey(deps, order, serial, use),
    commitRekey: (order, serial, rekey, alsoCommit) =>
      commitRekey(deps, { order, serial, rekey, alsoCommit }),
    revealPasskeys: (order) => revealPasskeys(deps, order),
    destroy: (order, actor, alsoErase, correlationId = randomUUID()) =>
      destroyWrappings(deps, { order, actor, alsoErase, correlationId }),
  };
}

/**
 * Crypto-erase: without its wrapped content key no copy of an envelope can be opened again. The
 * choice of key stays, as a historical fact.
 */
async function destroyWrappings(
  deps: Pick<CustodyDependencies, "store" | "appendAudit">,
  { order, actor, alsoErase, correlationId }: Destruction,
): Promise<void> {
  const deed = { chain: order, action: "key/destroy", context: { actor, correlationId } };
  await record(deps, deed, async (transaction) => {
    const destroyed = await transaction
      .deleteFrom("envelopes")
      .where("order_id", "=", order)
      .returning(["serial", "env", "generation", "kid"])
      .execute();
    await transaction.deleteFrom("device_shares").where("order_id", "=", order).execute();
    await transaction.deleteFrom("rekeys").where("order_id", "=", order).execute();
    await transaction.deleteFrom("own_passkeys").where("order_id", "=", order).execute();
    await transaction
      .updateTable("order_keys")
      .set((row) => ({ kid: null, revision: row("revision", "+", 1) }))
      .where("order_id", "=", order)
      .execute();
    await alsoErase?.(transaction, destroyed);
    return { detail: { wrappings: destroyed.length } };
  });
  await forgetDeleted(deps.store);
}

/** A fresh Get without a version, by the order's own identity. */
async function readNewestVersion(
  deps: ReleaseDependencies,
  order: OrderId,
): Promise<Outcome<{ readonly kid: string }>> {
  const inForce = await loadKeyInForce(deps.store, order);
  if (inForce === undefined) return notGenerated;
  const usable = usableKeyOf(deps, inForce, inForce.identities, inForce.choice);
  if (!usable.ok) return usable;
  const { version: _pinned, ...newest } = usable.value.key;
  const key = await deps.reader.readUsable({ ...usable.value, key: newest });
  return key.ok ? { ok: true, value: { kid: key.value.kid } } : key;
}

/**
 * A change without its commit: the only proof that the old key still opens the envelopes and the
 * new one can replace it.
 */
async function rehearseChange(
  deps: Parameters<typeof validateChoice>[0],
  subject: KeySubject,
  choice: KeyChoice,
): Promise<Outcome<KeyValidation>> {
  const validation = await validateChoice(deps, subject, choice);
  if (!validation.outcome.ok) return validation.outcome;
  const inForce = await loadKeyInForce(deps.store, subject.order);
  if (inForce === undefined) return { ok: true, value: validation };
  const { kid } = validation.outcome.value;
  const moved = await moveAll(deps, { subject, choice }, inForce, kid);
  return moved.ok ? { ok: true, value: validation } : moved;
}
