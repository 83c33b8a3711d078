import type { EnvelopeExport } from "@databox-cmk/protocol";

import { record } from "../../audit/record.ts";
import { failureColumns } from "../../core/failure-columns.ts";
import { valueOf } from "../../core/failure-error.ts";
import { type OrderId, orderIdOf, type OrderName } from "../../core/order.ts";
import type { Outcome } from "../../core/ports.ts";
import { renderTime } from "../../core/wire-time.ts";
import { loadBackupKeys } from "../../custody/backup-keys.ts";
import { loadDeviceShares } from "../../custody/device-shares.ts";
import { loadCurrentEnvelopes } from "../../custody/stored-envelopes.ts";
import type { Plane, RequestContext } from "../../orders/control-plane.ts";
import { shareLeases } from "../../store/await-lease-writes.ts";
import type { StoreTransaction } from "../../store/store.ts";
import { useBreakGlass } from "../approvals/break-glass.ts";
import { rememberUse } from "../approvals/claim-release.ts";
import { passGuards } from "./pass-guards.ts";

/**
 * The owner of a recovery key's private half can open the envelopes at any time and without the
 * broker, so what withholds the passkey withholds them too, and each export is audited. Recipients
 * that a vault opens are left out: a person who may use the vault's key would need no approval.
 */
export async function exportEnvelopes(
  deps: Plane<"store" | "appendAudit" | "now" | "settings" | "announce">,
  name: OrderName,
  context: RequestContext,
): Promise<EnvelopeExport> {
  const id = orderIdOf(name);
  const entry = { chain: id, action: "order/exportEnvelopes", context } as const;
  const found = await record<Outcome<Exported>>(deps, entry, async (transaction) => {
    await shareLeases(transaction);
    const passed = await passGuards({ ...deps, store: transaction }, "envelopes", name);
    if (!passed.ok) return { outcome: "refused", ...failureColumns(passed.failure), value: passed };
    const envelopes = await readEnvelopes(transaction, id);
    const breakGlass = envelopes.length === 0 ? undefined : passed.value.breakGlass;
    valueOf(await useBreakGlass(transaction, deps, breakGlass, "exportEnvelopes"));
    return {
      outcome: "granted",
      detail: { envelopes: envelopes.length, breakGlass },
      value: { ok: true, value: { envelopes, breakGlass } },
    };
  });
  const { envelopes, breakGlass } = valueOf(found);
  await rememberUse(deps.store, { breakGlass }, deps.now());
  return { value: envelopes };
}

type Exported = {
  readonly envelopes: EnvelopeExport["value"];
  readonly breakGlass: string | undefined;
};

/** Those that a recovery key opens; a JWE without recipients would not be one (RFC 7516 §7.2.1). */
async function readEnvelopes(
  transaction: StoreTransaction,
  order: OrderId,
): Promise<EnvelopeExport["value"]> {
  const stored = await loadCurrentEnvelopes(transaction, order);
  const shares = await loadDeviceShares(transaction, order, stored);
  const names = new Map(
    (await loadBackupKeys(transaction, order))
      .filter(({ kind }) => kind === "recovery")
      .map(({ kid, name }) => [kid, name]),
  );
  return stored.flatMap(({ serial, generation, createdAtMs, envelope }) => {
    const jwe = envelope.toJSON();
    const opens = jwe.recipients.filter(({ header }) => names.has(header.kid));
    if (opens.length === 0) return [];
    return {
      serial,
      generation,
      createdAt: renderTime(createdAtMs),
      recipients: opens.map(({ header: { kid } }) => ({
        kid,
        of: "RecoveryKey",
        name: names.get(kid),
      })),
      jwe: { ...jwe, recipients: opens },
      deviceShare: shares.get(serial)?.toJSON(),
    };
  });
}
