import { zero } from "@databox-cmk/crypto";

import { failed } from "../core/failed.ts";
import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import { orderFacts } from "../core/recovery-facts.ts";
import { loadHeldEnvelope } from "./held-envelope.ts";
import type { BackupDependencies, BackupUse } from "./open-by-backup.ts";
import { notGenerated, releaseContentKey } from "./release-content-key.ts";
import { openPasskey } from "./seal-passkey.ts";
import { isSplit, loadCurrentEnvelopes } from "./stored-envelopes.ts";

export type RevealedPasskey = {
  readonly serial: string;
  readonly passkey: Uint8Array;
  /** The key that opened it. */
  readonly kid: string;
  readonly backup?: BackupUse | undefined;
};

/** All or none: passkeys that were opened before a failure are zeroed. */
export async function revealPasskeys(
  deps: BackupDependencies,
  order: OrderId,
): Promise<Outcome<readonly RevealedPasskey[]>> {
  const nodes = await loadCurrentEnvelopes(deps.store, order);
  if (nodes.length === 0) return notGenerated;
  const notInEscrow = failed({ code: "PasskeyNotInEscrow", facts: orderFacts(order) });
  if (nodes.some(isSplit)) return notInEscrow;
  const revealed: RevealedPasskey[] = [];
  let isWhole = false;
  try {
    for (const { serial } of nodes) {
      const held = await loadHeldEnvelope(deps.store, order, serial);
      if (held === undefined) return notGenerated;
      // The node may have got a new envelope since all of them were read.
      if (isSplit(held.stored)) return notInEscrow;
      const released = await releaseContentKey(deps, held, (contentKey) =>
        // A re-wrap meanwhile changes recipients only, so the content key still fits.
        openPasskey(held.stored.envelope, contentKey, order, serial),
      );
      if (!released.ok) return released;
      const { result: passkey, backup, kid } = released.value;
      revealed.push({ serial, passkey, kid, backup });
    }
    isWhole = true;
    return { ok: true, value: revealed };
  } finally {
    if (!isWhole) zero(...revealed.map(({ passkey }) => passkey));
  }
}
