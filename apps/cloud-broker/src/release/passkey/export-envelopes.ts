import type { EnvelopeExport } from "@databox-cmk/protocol";

import { record } from "../../audit/record.ts";
import { errorOf } from "../../core/failure-error.ts";
import type { OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import { renderTime } from "../../core/wire-time.ts";
import { loadBackupKeys } from "../../custody/backup-keys.ts";
import { loadDeviceShares } from "../../custody/device-shares.ts";
import { loadCurrentEnvelopes } from "../../custody/stored-envelopes.ts";
import type { Plane, RequestContext } from "../../orders/control-plane.ts";
import { findAnyRevocation } from "../kill-switches/revocations.ts";

type Recipient = EnvelopeExport["value"][number]["recipients"][number];

/**
 * The owner of a recipient's private key can open the envelopes at any time and without the broker.
 * Each export is therefore audited, and a kill switch withholds it.
 */
export async function exportEnvelopes(
  plane: Plane<"store" | "appendAudit">,
  order: OrderId,
  context: RequestContext,
): Promise<EnvelopeExport> {
  const { store } = plane;
  const stored = await loadCurrentEnvelopes(store, order);
  const backups = await loadBackupKeys(store, order);
  const shares = await loadDeviceShares(store, order, stored);
  const found: { revocation?: Failure | undefined } = {};
  const deed = { chain: order, action: "order/exportEnvelopes", context } as const;
  await record(plane, deed, async (transaction) => {
    found.revocation = await findAnyRevocation(transaction, order, stored);
    return found.revocation === undefined
      ? { outcome: "granted", detail: { envelopes: stored.length } }
      : { outcome: "refused", code: found.revocation.code };
  });
  if (found.revocation !== undefined) throw errorOf(found.revocation);
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
      deviceShare: shares.get(serial)?.toJSON(),
    })),
  };
}
