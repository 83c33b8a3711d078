import { CryptoError, importRecoveryKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { BACKUP_KEY_NAME, type BackupKeyWrite, BACKUP_KEY_CALLS } from "@databox-cmk/protocol";

import type { BackupChoice } from "../../core/backup-key.ts";
import { valueOf } from "../../core/failure-error.ts";
import { decideKeyChoice } from "../../core/patch-key-choice.ts";
import { RULE_CHANGES } from "../../core/rule-changes.ts";
import { isEncryptionEditable } from "../../core/stages.ts";
import { loadBackupKeys } from "../../custody/backup-keys.ts";
import { findBackupOrders } from "../../custody/backup-uses.ts";
import type { BackupChanges, KeyProbes } from "../../custody/key-custody.ts";
import type { Route } from "../../http/route.ts";
import { createTurns } from "../../load/turns.ts";
import { orderBackup, withdrawOrder } from "../../orders/backup-keys/order-backup.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import { findOrder, findOrderId } from "../../orders/find-order.ts";
import { keySubjectOf } from "../../orders/key-subject.ts";
import { lifecycleOf, type Order } from "../../orders/order.ts";
import { exportEnvelopes } from "../../release/passkey/export-envelopes.ts";
import { arm, type ArmRequest } from "./arm-route.ts";
import { listBackupKeys, renderBackupKey } from "./render-backup-keys.ts";

const DEFAULT_HOURS = 24;
/**
 * Further recipients of an order's envelopes, and when they are used
 * (docs/customer/backup-keys.md).
 */
export function createBackupKeyRoutes(
  deps: Changing &
    Plane<"settings" | "admitChange" | "announce"> & {
      readonly custody: BackupChanges & KeyProbes;
    },
): readonly Route[] {
  const { custody, now, store } = deps;
  const turns = createTurns();
  /** If-None-Match: * (RFC 9110 §13.1.2). @throws {AppError} NameTaken */
  const requireFree = async ({ id }: Order, name: string): Promise<void> => {
    const backups = await loadBackupKeys(store, id);
    if (backups.some((backup) => backup.name === name))
      throw new AppError("NameTaken", { target: "name" });
  };
  return [
    arm.route(BACKUP_KEY_CALLS.list, {
      action: "Microsoft.DataBox/jobs/backupKeys/read",
      summary: "Lists the backup keys of an order, and whether one is in use (extension)",
      handle: async ({ order }) => ({
        json: await listBackupKeys(deps, await findOrderId(store, order)),
      }),
    }),
    arm.route(BACKUP_KEY_CALLS.read, {
      action: "Microsoft.DataBox/jobs/backupKeys/read",
      summary: "Reads a backup key (extension)",
      handle: async (request) => {
        const name = backupNameOf(request);
        const id = await findOrderId(store, request.order);
        const backups = await loadBackupKeys(store, id);
        const found = backups.find((backup) => backup.name === name);
        if (found === undefined) throw noSuch(name);
        const orders = await findBackupOrders(store, id, now());
        return { json: renderBackupKey(found, orders.get(name)) };
      },
    }),
    arm.bodyRoute(BACKUP_KEY_CALLS.write, {
      action: "Microsoft.DataBox/jobs/backupKeys/write",
      summary: "Adds a backup key to every envelope of an order, or replaces it (extension)",
      handle: async (request) => {
        const name = backupNameOf(request);
        const chosen = choiceOf(request.body);
        const order = await findOrder(store, request.order);
        requireEditable(order);
        const subject = await keySubjectOf(deps, order);
        const { context } = request;
        const made = await turns(`${order.id}/${name}`, async () => {
          if (request.header("if-none-match")?.trim() === "*") await requireFree(order, name);
          const claim = await deps.admitChange(
            order,
            {
              subject: `backupKeys/${name}`,
              proposal: request.body,
              effects: { [`backup key ${name}`]: RULE_CHANGES["jobs/backupKeys/write"] },
            },
            context,
          );
          return valueOf(
            await custody.putBackup(subject, name, chosen, { ...context, alsoCommit: claim.use }),
          );
        });
        return { json: renderBackupKey(made, undefined) };
      },
    }),
    arm.route(BACKUP_KEY_CALLS.remove, {
      action: "Microsoft.DataBox/jobs/backupKeys/delete",
      summary: "Takes a backup key out of every envelope (extension)",
      handle: async (request) => {
        const name = backupNameOf(request);
        const order = await findOrder(store, request.order);
        requireEditable(order);
        const removed = valueOf(await custody.removeBackup(order.id, name, request.context));
        return { status: removed ? 200 : 204 };
      },
    }),
    arm.bodyRoute(BACKUP_KEY_CALLS.use, {
      action: "Microsoft.DataBox/jobs/backupKeys/use/action",
      summary: "Uses a backup key in place of a lost key from now on (extension)",
      handle: async (request) => {
        const name = backupNameOf(request);
        const { reason, hours = DEFAULT_HOURS } = request.body;
        const id = await findOrderId(store, request.order);
        const used = await orderBackup(deps, id, { name, reason, hours }, request.context);
        if (used === undefined) throw noSuch(name);
        return { json: renderBackupKey(used.backup, used.order) };
      },
    }),
    arm.route(BACKUP_KEY_CALLS.endUse, {
      action: "Microsoft.DataBox/jobs/backupKeys/use/action",
      summary: "Stops the use of a backup key (extension)",
      handle: async (request) => {
        const name = backupNameOf(request);
        const id = await findOrderId(store, request.order);
        const withdrawn = await withdrawOrder(deps, id, name, request.context);
        return { status: withdrawn ? 200 : 204 };
      },
    }),
    arm.route(BACKUP_KEY_CALLS.exportEnvelopes, {
      action: "Microsoft.DataBox/jobs/listCredentials/action",
      summary: "Exports the envelopes, for opening offline by a recovery key (extension)",
      handle: async ({ order, context }) => ({
        json: await exportEnvelopes(deps, order, context),
      }),
    }),
  ];
}

function choiceOf(written: BackupKeyWrite): BackupChoice {
  if (written.kind === "RecoveryKey") {
    try {
      return { kind: "recovery", key: importRecoveryKey(written.publicKey) };
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      throw new AppError("InvalidRequestContent", { target: "publicKey", detail: error.message });
    }
  }
  const { kind: _kind, ...key } = written;
  const patch = { kekType: "CustomerManaged", ...key } as const;
  const choice = valueOf(decideKeyChoice(undefined, patch, false));
  if (choice.kekType !== "CustomerManaged") throw new TypeError("a backup key without a vault");
  return { kind: "vault", choice };
}

function backupNameOf({ parameters }: ArmRequest): string {
  const name = (parameters["backupKey"] ?? "").toLowerCase();
  if (BACKUP_KEY_NAME.test(name)) return name;
  throw new AppError("InvalidResourceName", {
    target: "backupKey",
    detail: "expected 1 to 32 letters, digits and hyphens",
  });
}

function noSuch(name: string): AppError {
  return new AppError("ResourceNotFound", {
    target: "backupKey",
    detail: `the order has no backup key ${name} of that kind`,
  });
}

function requireEditable(order: Order): void {
  if (isEncryptionEditable(lifecycleOf(order))) return;
  throw new AppError("OrderStageForbids", {
    reason: "encryption",
    target: "backupKey",
    detail: `backupKey: the order is in stage ${order.stage}`,
  });
}
