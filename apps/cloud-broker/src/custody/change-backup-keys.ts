import { replaceRecipients } from "@databox-cmk/crypto";

import {
  type BackupChoice,
  type BackupKey,
  type CustomerChoice,
  MAX_BACKUP_KEYS,
} from "../core/backup-key.ts";
import { failed } from "../core/failed.ts";
import type { OrderId } from "../core/order.ts";
import type { Actor, KeySubject, Outcome } from "../core/ports.ts";
import { meaningOf } from "../core/primary-standing.ts";
import type { StoreTransaction } from "../store/store.ts";
import { backupColumnsOf, loadBackupKeys } from "./backup-keys.ts";
import {
  auditRefusal,
  type ChangeContext,
  commitRecipients,
  loadWrappings,
  type MovedWrapping,
} from "./commit-recipients.ts";
import { type CurrentKey, loadCurrentKey } from "./current-key.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import type { VaultAccess } from "./key-reader.ts";
import { type UnwrapDependencies, unwrapEnvelope } from "./release-content-key.ts";
import type { KnownKeys } from "./usable-key.ts";
import { BACKUP_CHECKS, type ValidateDependencies, validateKey } from "./validate-key.ts";
import { ofBackup, wrapToBackup } from "./wrap-for-order.ts";

type Dependencies = Pick<CustodyDependencies, "store" | "appendAudit" | "now"> &
  VaultAccess &
  KnownKeys;

/**
 * Adds a backup key, or replaces the one of that name: check → unwrap by the current key → wrap to
 * the backup (a vault's key must prove to unwrap again) → commit row and next generation together.
 * Any failure leaves everything unchanged.
 */
export async function putBackupKey(
  deps: Dependencies & ValidateDependencies,
  subject: KeySubject,
  name: string,
  chosen: BackupChoice,
  context: ChangeContext,
): Promise<Outcome<BackupKey>> {
  const outcome = await add(deps, subject, name, chosen, context);
  if (outcome.ok) return outcome;
  const refused = { order: subject.order, action: "backupKey/put" } as const;
  return auditRefusal(deps, refused, outcome.failure, context, { backupKey: name });
}

async function add(
  deps: Dependencies & ValidateDependencies,
  subject: KeySubject,
  name: string,
  chosen: BackupChoice,
  context: ChangeContext,
): Promise<Outcome<BackupKey>> {
  const { order } = subject;
  const current = await loadCurrentKey(deps.store, order);
  if (current?.choice.kekType !== "CustomerManaged") return needsCustomerKey;
  const existing = await loadBackupKeys(deps.store, order);
  const others = existing.filter((backup) => backup.name !== name);
  if (others.length >= MAX_BACKUP_KEYS)
    return invalid("name", `the order has ${String(MAX_BACKUP_KEYS)} backup keys already`);
  const kid = await kidOfChoice(deps, subject, current.choice, chosen);
  if (!kid.ok) return kid;
  if (others.some((backup) => backup.kid === kid.value))
    return invalid("kekUrl", "another backup key of the order is this key");
  const made = { name, kid: kid.value, createdAtMs: deps.now(), createdBy: nameOf(context.actor) };
  const backup: BackupKey =
    chosen.kind === "recovery"
      ? { ...made, ...chosen }
      : { ...made, ...chosen, identities: subject.identities };
  const former = existing.find((each) => each.name === name);
  const moved = await wrapAll(deps, current, backup, former?.kid);
  if (!moved.ok) return moved;
  return commitRecipients(deps, current, moved.value, context, {
    action: "backupKey/put",
    name,
    kid: backup.kid,
    detail: { kind: backup.kind },
    value: backup,
    async write(transaction) {
      await deleteBackup(transaction, order, name);
      const columns = backupColumnsOf(chosen, backup.kid);
      await transaction
        .insertInto("backup_keys")
        .values({
          order_id: order,
          name,
          ...columns,
          created_at_ms: backup.createdAtMs,
          created_by: backup.createdBy,
        })
        .execute();
    },
  });
}

/** The version to wrap to, once the key has passed its checks; a recovery key names itself. */
async function kidOfChoice(
  deps: ValidateDependencies,
  subject: KeySubject,
  current: CustomerChoice,
  chosen: BackupChoice,
): Promise<Outcome<string>> {
  if (chosen.kind === "recovery") return { ok: true, value: chosen.key.kid };
  const { outcome } = await validateKey(deps, subject, chosen.choice, BACKUP_CHECKS);
  if (!outcome.ok) return outcome;
  const { kid } = outcome.value;
  if (kid === undefined) throw new Error("a key without version");
  return new URL(kid).host === new URL(current.kekUrl).host
    ? invalid("kekUrl", "a backup key must be in another vault than the current key")
    : { ok: true, value: kid };
}

/** @param formerKid - the recipient that the backup replaces */
async function wrapAll(
  deps: UnwrapDependencies,
  current: CurrentKey,
  backup: BackupKey,
  formerKid: string | undefined,
): Promise<Outcome<readonly MovedWrapping[]>> {
  const moved: MovedWrapping[] = [];
  for (const from of await loadWrappings(deps.store, current.order)) {
    const opened = await unwrapEnvelope(deps, current, from, (contentKey) =>
      wrapToBackup(deps, current, backup, contentKey),
    );
    if (!opened.ok) return opened;
    const wrapped = opened.value.result;
    if (!wrapped.ok) return failed(ofBackup(wrapped.failure, backup.name));
    const kept = from.envelope.recipients.filter(
      ({ kid }) => kid === from.kid || (kid !== formerKid && kid !== backup.kid),
    );
    const recipients = [...kept, { kid: backup.kid, encryptedKey: wrapped.value }];
    moved.push({ from, to: replaceRecipients(from.envelope, recipients) });
  }
  return { ok: true, value: moved };
}

/**
 * Removes a backup key from every envelope. Refused while the current key is lost, since the
 * backup may be the only key that opens them. A withdrawn key is different: its owner can grant
 * access again.
 */
export async function removeBackupKey(
  deps: Dependencies,
  order: OrderId,
  name: string,
  context: ChangeContext,
): Promise<Outcome<boolean>> {
  const current = await loadCurrentKey(deps.store, order);
  const backups = await loadBackupKeys(deps.store, order);
  const backup = backups.find((each) => each.name === name);
  if (current === undefined || backup === undefined) return { ok: true, value: false };
  const moved: MovedWrapping[] = [];
  for (const from of await loadWrappings(deps.store, order)) {
    const opened = await unwrapEnvelope(deps, current, from, () => undefined);
    if (!opened.ok && meaningOf(opened.failure) !== "refused") {
      const { detail } = opened.failure;
      const failure = {
        ...opened.failure,
        detail: `the backup key ${name} is kept while the current key cannot be used${detail === undefined ? "" : `: ${detail}`}`,
      };
      const refused = { order, action: "backupKey/delete" } as const;
      return auditRefusal(deps, refused, failure, context, { backupKey: name });
    }
    const recipients = from.envelope.recipients.filter(({ kid }) => kid !== backup.kid);
    moved.push({ from, to: replaceRecipients(from.envelope, recipients) });
  }
  return commitRecipients(deps, current, moved, context, {
    action: "backupKey/delete",
    name,
    kid: backup.kid,
    detail: { kind: backup.kind },
    value: true,
    async write(transaction) {
      await deleteBackup(transaction, order, name);
      // Leases that it granted depend on the current key from now on.
      await transaction
        .updateTable("leases")
        .set({ backup_key: null })
        .where("order_id", "=", order)
        .where("backup_key", "=", name)
        .execute();
    },
  });
}

async function deleteBackup(
  transaction: StoreTransaction,
  order: OrderId,
  name: string,
): Promise<void> {
  await transaction
    .deleteFrom("backup_keys")
    .where("order_id", "=", order)
    .where("name", "=", name)
    .execute();
}

const needsCustomerKey: Outcome<never> = failed({
  code: "InvalidRequestContent",
  target: "keyEncryptionKey",
  detail: "keyEncryptionKey: a backup key needs a customer-managed key that it can replace",
});

function invalid(target: string, what: string): Outcome<never> {
  return failed({ code: "InvalidRequestContent", target, detail: `${target}: ${what}` });
}

const nameOf = (actor: Actor): string => (actor.kind === "caller" ? actor.name : actor.kind);
