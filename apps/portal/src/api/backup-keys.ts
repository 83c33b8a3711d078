import { backupKeyList, type BackupKeyWrite, backupKeyView } from "@databox-cmk/protocol";

import { type OrderName, orderPart, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

export const readBackupKeys = orderPart("/backupKeys", backupKeyList);

/** @throws {ProblemError} NameTaken */
export async function addBackupKey(
  client: Client,
  name: OrderName,
  backup: { readonly name: string; readonly key: BackupKeyWrite },
): Promise<void> {
  await client.read(backupPath(name, backup.name), backupKeyView, {
    method: "PUT",
    body: backup.key,
    createOnly: true,
  });
}

export async function removeBackupKey(
  client: Client,
  name: OrderName,
  backup: string,
): Promise<void> {
  await client.send(backupPath(name, backup), { method: "DELETE" });
}

/** It replaces a lost key from now on, for a day. */
export async function orderBackupKeyUse(
  client: Client,
  name: OrderName,
  wanted: { readonly backup: string; readonly reason: string },
): Promise<void> {
  await client.read(backupPath(name, wanted.backup, "/use"), backupKeyView, {
    method: "POST",
    body: { reason: wanted.reason },
  });
}

export async function endBackupKeyUse(
  client: Client,
  name: OrderName,
  backup: string,
): Promise<void> {
  await client.send(backupPath(name, backup, "/use"), { method: "DELETE" });
}

function backupPath(name: OrderName, backup: string, action = ""): string {
  return orderPath(name, `/backupKeys/${encodeURIComponent(backup)}${action}`);
}
