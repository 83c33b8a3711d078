import { BACKUP_KEY_CALLS, type BackupKeyWrite } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

export const readBackupKeys = (client: Client, params: OrderName, signal?: AbortSignal) =>
  client.call(BACKUP_KEY_CALLS.list, { params, signal });

/** @throws {ProblemError} NameTaken */
export async function addBackupKey(
  client: Client,
  order: OrderName,
  { name, key: body }: { readonly name: string; readonly key: BackupKeyWrite },
): Promise<void> {
  const params = { ...order, backupKey: name };
  await client.call(BACKUP_KEY_CALLS.write, { params, body, createOnly: true });
}

export async function removeBackupKey(
  client: Client,
  order: OrderName,
  backupKey: string,
): Promise<void> {
  await client.call(BACKUP_KEY_CALLS.remove, { params: { ...order, backupKey } });
}

/** It replaces a lost key from now on, for a day. */
export async function orderBackupKeyUse(
  client: Client,
  order: OrderName,
  { backup, reason }: { readonly backup: string; readonly reason: string },
): Promise<void> {
  const params = { ...order, backupKey: backup };
  await client.call(BACKUP_KEY_CALLS.use, { params, body: { reason } });
}

export async function endBackupKeyUse(
  client: Client,
  order: OrderName,
  backupKey: string,
): Promise<void> {
  await client.call(BACKUP_KEY_CALLS.endUse, { params: { ...order, backupKey } });
}
