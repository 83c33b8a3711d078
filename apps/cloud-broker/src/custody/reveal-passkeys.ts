import { zero } from "@databox-cmk/crypto";

import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import type { BackupDependencies, BackupUse } from "./open-by-backup.ts";
import { notGenerated, releaseContentKey } from "./release-content-key.ts";
import { openPasskey } from "./seal-passkey.ts";
import { loadCurrentEnvelopes } from "./stored-envelopes.ts";

export type RevealedPasskey = {
  readonly serial: string;
  readonly passkey: Uint8Array;
  /** The key that opened it. */
  readonly kid: string;
  readonly backup?: BackupUse;
};

/** All or none: passkeys that were opened before a failure are zeroed. */
export async function revealPasskeys(
  deps: BackupDependencies,
  order: OrderId,
): Promise<Outcome<readonly RevealedPasskey[]>> {
  const stored = await loadCurrentEnvelopes(deps.store, order);
  if (stored.length === 0) return notGenerated;
  const revealed: RevealedPasskey[] = [];
  for (const { serial, envelope } of stored) {
    const released = await releaseContentKey(deps, order, serial);
    if (!released.ok) {
      zero(...revealed.map(({ passkey }) => passkey));
      return released;
    }
    // A re-wrap between the two reads changes recipients only, so the content key still fits.
    const passkey = await openPasskey(envelope, released.value.contentKey, order, serial);
    const { backup, kid } = released.value;
    revealed.push({ serial, passkey, kid, ...(backup !== undefined && { backup }) });
  }
  return { ok: true, value: revealed };
}
