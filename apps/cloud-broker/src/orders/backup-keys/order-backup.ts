import { randomUUID } from "node:crypto";

import { record } from "../../audit/record.ts";
import type { BackupKey } from "../../core/backup-key.ts";
import { errorOf, invalidMember } from "../../core/failure-error.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import { meaningOf } from "../../core/primary-standing.ts";
import { loadBackupKeys } from "../../custody/backup-keys.ts";
import type { BackupOrder } from "../../custody/backup-uses.ts";
import type { KeyProbes } from "../../custody/key-custody.ts";
import { readStanding } from "../../custody/primary-standings.ts";
import type { Changing, Plane, RequestContext } from "../control-plane.ts";

const HOUR_MS = 3_600_000;

/**
 * A person orders the use of a backup now. The current key is checked at that moment, so that the
 * person learns its state. A working key needs no backup; a withdrawn key gets none.
 *
 * @returns undefined when the order has no such backup key of a vault
 */
export async function orderBackup(
  deps: Changing & { readonly custody: KeyProbes },
  order: OrderId,
  wanted: { readonly name: string; readonly reason: string; readonly hours: number },
  context: RequestContext,
): Promise<{ readonly backup: BackupKey; readonly order: BackupOrder } | undefined> {
  const { name, reason, hours } = wanted;
  const backup = (await loadBackupKeys(deps.store, order)).find((each) => each.name === name);
  if (backup?.kind !== "vault") return undefined;
  const failedSinceMs = await requireLoss(deps, order);
  const nowMs = deps.now();
  const made: BackupOrder = {
    id: randomUUID(),
    name,
    reason,
    orderedAtMs: nowMs,
    by: context.by,
    untilMs: nowMs + hours * HOUR_MS,
    failedSinceMs,
  };
  await record(deps, { chain: order, action: "backupKey/order", context }, async (transaction) => {
    await transaction
      .insertInto("backup_uses")
      .values({
        id: made.id,
        order_id: order,
        name,
        reason,
        created_at_ms: nowMs,
        created_by: context.by,
        until_ms: made.untilMs,
        failed_since_ms: failedSinceMs,
        ended_at_ms: null,
        ended_by: null,
      })
      .execute();
    return {
      kid: backup.kid,
      detail: { backupKey: name, reason, until: new Date(made.untilMs).toISOString() },
    };
  });
  return { backup, order: made };
}

/** @returns since when the key is lost */
async function requireLoss(
  { store, custody }: Plane<"store"> & { readonly custody: KeyProbes },
  order: OrderId,
): Promise<EpochMs> {
  const envelope = await store
    .selectFrom("node_keys")
    .select("kid")
    .where("order_id", "=", order)
    .executeTakeFirst();
  const asked =
    envelope === undefined
      ? ({ ok: true, value: undefined } as const)
      : await custody.probe(order, envelope.kid);
  if (asked.ok)
    throw invalidMember(
      "backupKey",
      "the current key works, or there is nothing to open yet; no backup is needed",
    );
  const meaning = meaningOf(asked.failure);
  const standing = await readStanding(store, order);
  const isLost = meaning === "gone" || meaning === "unreachable";
  if (isLost && standing.kind !== "refused" && standing.kind !== "working") return standing.sinceMs;
  const detail = "the current key was withdrawn, not lost, so no backup key is used";
  throw errorOf({ ...asked.failure, detail });
}

/** @returns false when there was none */
export function withdrawOrder(
  deps: Changing,
  order: OrderId,
  name: string,
  context: RequestContext,
): Promise<boolean> {
  const nowMs = deps.now();
  const entry = { chain: order, action: "backupKey/withdrawOrder", context } as const;
  return record(deps, entry, async (transaction) => {
    const ended = await transaction
      .updateTable("backup_uses")
      .set({ ended_at_ms: nowMs, ended_by: context.by })
      .where("order_id", "=", order)
      .where("name", "=", name)
      .where("ended_at_ms", "is", null)
      .where("until_ms", ">", nowMs)
      .executeTakeFirst();
    return ended.numUpdatedRows === 0n ? undefined : { detail: { backupKey: name } };
  });
}
