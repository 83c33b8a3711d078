import type { EnvelopeExport } from "@databox-cmk/protocol";

import { errorOf } from "../../core/failure-error.ts";
import type { OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import { renderTime } from "../../core/wire-time.ts";
import { loadBackupKeys } from "../../custody/backup-keys.ts";
import { loadCurrentEnvelopes } from "../../custody/stored-envelopes.ts";
import type { ControlPlane, RequestContext } from "../../orders/control-plane.ts";
import { findRevocation } from "../kill-switches/revocations.ts";

type Recipient = EnvelopeExport["value"][number]["recipients"][number];

/**
 * The owner of a recipient's private key can open the envelopes at any time and without the broker.
 * Each export is therefore audited, and a kill switch withholds it.
 */
export async function exportEnvelopes(
  { store, appendAudit }: ControlPlane,
  order: OrderId,
  { actor, correlationId }: RequestContext,
): Promise<EnvelopeExport> {
  const refuse = async (failure: Failure): Promise<never> => {
    await store.transaction().execute((transaction) =>
      appendAudit(transaction, order, {
        action: "order/exportEnvelopes",
        actor,
        outcome: "refused",
        code: failure.code,
        correlationId,
      }),
    );
    throw errorOf(failure);
  };
  const stored = await loadCurrentEnvelopes(store, order);
  const backups = await loadBackupKeys(store, order);
  for (const { serial } of stored) {
    const revocation = await findRevocation(store, order, serial);
    if (revocation !== undefined) return refuse(revocation);
  }
  await store.transaction().execute((transaction) =>
    appendAudit(transaction, order, {
      action: "order/exportEnvelopes",
      actor,
      outcome: "granted",
      correlationId,
      detail: { envelopes: stored.length },
    }),
  );
  const recipientOf = (kid: string, ofNode: string): Recipient => {
    if (kid === ofNode) return { kid, of: "KeyInForce" };
    const backup = backups.find((each) => each.kid === kid);
    return {
      kid,
      of: backup?.kind === "vault" ? "Vault" : "RecoveryKey",
      name: backup?.name,
    };
  };
  return {
    value: stored.map(({ serial, generation, createdAtMs, kid, envelope }) => ({
      serial,
      generation,
      createdAt: renderTime(createdAtMs),
      recipients: envelope.recipients.map((recipient) => recipientOf(recipient.kid, kid)),
      jwe: { ...envelope.toJSON() },
    })),
  };
}
