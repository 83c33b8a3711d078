import { randomUUID } from "node:crypto";

import { failed } from "../core/failed.ts";
import type { KeyChoice, OrderId } from "../core/order.ts";
import type { KeySubject, KeyValidation, Outcome } from "../core/ports.ts";
import { putBackupKey, removeBackupKey } from "./change-backup-keys.ts";
import { changeKey, moveAll, validateChoice } from "./change-key.ts";
import { loadCurrentKey } from "./current-key.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import { generateEnvelopes } from "./generate-envelopes.ts";
import { loadHeldEnvelope, nodeEnvelopeOf } from "./held-envelope.ts";
import type { KeyCustody } from "./key-custody.ts";
import type { BackupUse } from "./open-by-backup.ts";
import { sealOwnPasskey } from "./own-passkey.ts";
import { probeBackupKey, probeKey } from "./probe-key.ts";
import { proposeRekey } from "./propose-rekey.ts";
import { notGenerated, releaseContentKey, type UnwrapDependencies } from "./release-content-key.ts";
import { revealPasskeys } from "./reveal-passkeys.ts";
import { usableKeyOf } from "./usable-key.ts";

export function createKeyCustody(deps: CustodyDependencies): KeyCustody {
  const { listener } = deps;
  /** @param backup - replaced the current key, whose own failure says more than the outcome */
  const used = (order: OrderId, outcome: Outcome<unknown>, backup?: BackupUse): void =>
    listener?.used(order, backup === undefined ? outcome : failed(backup.failure));
  return {
    async validate(subject, candidate) {
      const validation = await validateChoice(deps, subject, candidate);
      listener?.validated(subject, candidate, validation.outcome);
      return validation;
    },
    change: (subject, choice, actor, alsoCommit, correlationId = randomUUID()) =>
      changeKey(deps, { subject, choice, actor, correlationId, alsoCommit }),
    rehearse: (subject, choice) => rehearseChange(deps, subject, choice),
    newestVersion: (order) => readNewestVersion(deps, order),
    sealOwnPasskey: (subject, choice, passkey) => sealOwnPasskey(deps, subject, choice, passkey),
    generate: (order, serials, alsoCommit) => generateEnvelopes(deps, order, serials, alsoCommit),
    async hold(order, serial, at = deps.store) {
      const held = await loadHeldEnvelope(at, order, serial);
      if (held === undefined) return notGenerated;
      return {
        ok: true,
        value: {
          envelope: nodeEnvelopeOf(held),
          async release(...how) {
            const outcome = await releaseContentKey(deps, held, ...how);
            used(order, outcome, outcome.ok ? outcome.value.backup : undefined);
            return outcome;
          },
        },
      };
    },
    async probe(order, kid) {
      const outcome = await probeKey(deps, order, kid);
      used(order, outcome);
      return outcome;
    },
    probeBackup: (order, kid) => probeBackupKey(deps, order, kid),
    putBackup: (subject, name, chosen, context) =>
      putBackupKey(deps, subject, name, chosen, context),
    removeBackup: (order, name, context) => removeBackupKey(deps, order, name, context),
    proposeRekey: (order, serial, use) => proposeRekey(deps, order, serial, use),
    async revealPasskeys(order) {
      const outcome = await revealPasskeys(deps, order);
      const backup = outcome.ok ? outcome.value.find((each) => each.backup)?.backup : undefined;
      used(order, outcome, backup);
      return outcome;
    },
  };
}

/** A fresh Get without a version, by the order's own identity. */
async function readNewestVersion(
  deps: UnwrapDependencies,
  order: OrderId,
): Promise<Outcome<{ readonly kid: string }>> {
  const current = await loadCurrentKey(deps.store, order);
  if (current === undefined) return notGenerated;
  const usable = usableKeyOf(deps, current, current.identities, current.choice);
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
  deps: CustodyDependencies,
  subject: KeySubject,
  choice: KeyChoice,
): Promise<Outcome<KeyValidation>> {
  const validation = await validateChoice(deps, subject, choice);
  if (!validation.outcome.ok) return validation.outcome;
  const current = await loadCurrentKey(deps.store, subject.order);
  if (current === undefined) return { ok: true, value: validation };
  const { kid } = validation.outcome.value;
  const moved = await moveAll(deps, { subject, choice }, current, kid);
  return moved.ok ? { ok: true, value: validation } : moved;
}
