import { createAppendAudit } from "../../audit/append-audit.ts";
import type { BrokerConfig } from "../../config/config.ts";
import { readFileWithin } from "../../config/read-file-within.ts";
import { parseServiceKey } from "../../config/service-key.ts";
import { restoreEnvelope } from "../../custody/restore-envelope.ts";
import { markPrepared } from "../../orders/write-order.ts";
import { openState } from "../open-data-dir.ts";

const ENVELOPE_MAX_BYTES = 1024 * 1024;

/** Restores the envelope in a file from an appliance. */
export async function restoreEnvelopeFile(path: string, config: BrokerConfig) {
  const jws = (await readFileWithin(path, ENVELOPE_MAX_BYTES)).toString().trim();
  const { store, keys } = await openState(config);
  try {
    return await restoreEnvelope(jws, {
      store,
      appendAudit: createAppendAudit({ now: Date.now }),
      now: Date.now,
      ownKeys: [...keys.bundle, ...keys.former],
      serviceKey: parseServiceKey(config),
      keyVaultSuffixes: config.KEY_VAULT_SUFFIXES,
      markPrepared,
    });
  } finally {
    await store.destroy();
  }
}
