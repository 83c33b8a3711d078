import { gunzipSync, gzipSync } from "node:zlib";

import * as z from "zod";

import { newestVersion } from "../core/key-vault/key-view.ts";
import { parsePayload, restorePayload } from "../core/key-vault/payloads.ts";
import { REFUSALS } from "../core/key-vault/refusal.ts";
import { renderKeyBundle } from "../core/key-vault/render-key.ts";
import { isSame, type Key, type KeyMaterial } from "../core/model.ts";
import type { Seal } from "../state/seal.ts";
import {
  done,
  type Exchange,
  liveKey,
  materialOf,
  type OperationHandler,
  type Outcome,
  refuse,
  renderContext,
  withoutPayload,
} from "./exchange.ts";

const CONTEXT = "key-backup/v1";

type Backup = {
  readonly subscriptionId: string;
  readonly key: Key;
  readonly materials: readonly KeyMaterial[];
};
/** The seal authenticates the blob: only `backupOperation` can have written a blob that opens. */
const envelope = z.object({
  subscriptionId: z.string(),
  key: z.custom<Key>(isRecord),
  materials: z.array(z.custom<KeyMaterial>(isRecord)),
});

/** All versions with their private halves, readable by this emulator only. */
export const backupOperation = withoutPayload((exchange) => {
  const key = liveKey(exchange);
  const backup: Backup = {
    subscriptionId: exchange.vault.subscriptionId,
    key: { ...key, lifecycle: { kind: "live" } },
    materials: key.versions.map((version) => materialOf(exchange.state, key, version)),
  };
  const sealed = exchange.seal.seal(gzipSync(JSON.stringify(backup)), CONTEXT);
  return done({ value: Buffer.from(sealed).toString("base64url") });
});

/**
 * Restores under the key's own name, into any vault of the same subscription, with the version ids
 * it had.
 */
export const restoreOperation: OperationHandler = ({ body, seal, vault }) => {
  const parsed = parsePayload(restorePayload, body);
  if (parsed.kind === "invalid")
    return { fault: parsed.refusal, run: () => refuse(parsed.refusal) };
  const backup = openBackup(seal, parsed.value.value);
  if (backup === undefined)
    return { fault: REFUSALS.corruptBackup(), run: () => refuse(REFUSALS.corruptBackup()) };
  const isForeign = !isSame(backup.subscriptionId, vault.subscriptionId);
  return {
    fault: isForeign
      ? REFUSALS.badParameter(
          "The backup was made in another subscription; it can be restored in its own only.",
        )
      : undefined,
    keyName: backup.key.name,
    run: (exchange) => restore(exchange, backup),
  };
};

function restore(exchange: Exchange, backup: Backup): Outcome {
  const { state, vault } = exchange;
  const key: Key = { ...backup.key, vaultName: vault.name };
  state.transaction(() => {
    state.put("key", key);
    for (const material of backup.materials)
      state.put("keyMaterial", { ...material, vaultName: vault.name });
  });
  return done(renderKeyBundle(renderContext(exchange), key, newestVersion(key)));
}

function openBackup(seal: Seal, value: string): Backup | undefined {
  try {
    const json: unknown = JSON.parse(
      gunzipSync(seal.open(Buffer.from(value, "base64url"), CONTEXT)).toString("utf8"),
    );
    return envelope.parse(json);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
