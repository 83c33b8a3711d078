import type { EnvelopeExport } from "@databox-cmk/protocol";

import { note } from "../../audit/record.ts";
import { errorOf } from "../../core/failure-error.ts";
import type { OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import { renderTime } from "../../core/wire-time.ts";
import { loadBackupKeys } from "../../custody/backup-keys.ts";
import { loadDeviceShares } from "../../custody/device-shares.ts";
import { loadCurrentEnvelopes } from "../../custody/stored-envelopes.ts";
import type { Plane, RequestContext } from "../../orders/control-plane.ts";
import { findRevocation } from "../kill-switches/revocations.ts";

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
  const deed = { chain: order, action: "order/exportEnvelopes", context } as const;
  const refuse = async ({ code, ...failure }: Failure): Promise<never> => {
    await note(plane, deed, { outcome: "refused", code });
    throw errorOf({ code, ...failure });
  };
  const stored = await loadCurrentEnvelopes(store, order);
  const backups = await loadBackupKeys(store, order);
  const shares = await loadDeviceShares(store, order, stored);
  for (const { serial } of stored) {
    const revocation = await findRevocation(store, order, serial);
    if (revocation !== undefined) return refuse(revocation);
  }
  const detail = { envelopes: stored.length };
  await note(plane, deed, { outcome: "granted", detail });
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
