import type { SuiteName, VerifyKey } from "@databox-cmk/crypto";
import type { DeviceKeyGrade } from "@databox-cmk/protocol";

import type { EnrolmentFacts } from "../../core/decide-enrolment.ts";
import { failed } from "../../core/failed.ts";
import type { OrderId } from "../../core/order.ts";
import type { Outcome } from "../../core/ports.ts";
import { isTakenKey } from "../../custody/bind-revision.ts";
import type { Store } from "../../store/store.ts";
import type { Recording } from "../message/device-dependencies.ts";
import { actorOf, type DeviceMessage } from "../message/serve-device-message.ts";
import type { SignedAnswer } from "../message/signed-answer.ts";
import { storeAnswer } from "../message/stored-answers.ts";
import { notePinnedKeys } from "./pinned-keys.ts";

export type EnrollingNode = EnrolmentFacts & {
  readonly codeHash: string | undefined;
  readonly passkeyOrigin: "generated" | "customer";
};

export async function findEnrolling(
  store: Store,
  order: OrderId,
  serial: string,
): Promise<EnrollingNode | undefined> {
  const row = await store
    .selectFrom("nodes")
    .innerJoin("orders", "orders.id", "nodes.order_id")
    .select([
      "nodes.enrolment_code_hash",
      "nodes.enrolment_expires_at_ms",
      "nodes.device_kid",
      "nodes.passkey_origin",
      "nodes.prepared_at_ms",
      "orders.stage",
      "orders.transfer_type",
    ])
    .where("nodes.order_id", "=", order)
    .where("nodes.serial", "=", serial)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    codeHash: row.enrolment_code_hash ?? undefined,
    codeExpiresAtMs: row.enrolment_expires_at_ms ?? 0,
    enrolledKid: row.device_kid ?? undefined,
    passkeyOrigin: row.passkey_origin,
    stage: row.stage,
    transferType: row.transfer_type,
    wasPrepared: row.prepared_at_ms !== null,
  };
}

export type DeviceKeyRecord = {
  readonly order: OrderId;
  readonly serial: string;
  readonly key: VerifyKey;
  readonly minimumSuite: SuiteName;
  readonly deviceKeyGrade: DeviceKeyGrade;
  readonly codeHash: string;
  readonly isRepeated: boolean;
  /** Thumbprints of the broker's keys in the answer. */
  readonly brokerKids: readonly string[];
  readonly untrustedAgent: string;
  readonly answer: SignedAnswer;
};

/**
 * Uses the code up and stores the key permanently, with its audit row and the answer, in one
 * commit.
 */
export async function recordDeviceKey(
  dependencies: Recording,
  message: DeviceMessage,
  record: DeviceKeyRecord,
): Promise<Outcome<undefined>> {
  try {
    return await writeDeviceKey(dependencies, message, record);
  } catch (error) {
    // The key was enrolled for two nodes at the same moment; the index decides.
    if (isTakenKey(error)) return conflict("publicKey: enrolled for another node already");
    throw error;
  }
}

function writeDeviceKey(
  { commit, appendAudit, now }: Recording,
  message: DeviceMessage,
  record: DeviceKeyRecord,
): Promise<Outcome<undefined>> {
  const { order, serial, key } = record;
  return commit(async (transaction) => {
    if (!record.isRepeated) {
      const elsewhere = await transaction
        .selectFrom("nodes")
        .select("serial")
        .where("device_kid", "=", key.kid)
        .executeTakeFirst();
      if (elsewhere !== undefined) return conflict("publicKey: enrolled for another node already");
      const updated = await transaction
        .updateTable("nodes")
        .set({
          device_kid: key.kid,
          device_jwk_json: JSON.stringify(key.jwk),
          minimum_suite: record.minimumSuite,
          device_key_grade: record.deviceKeyGrade,
          last_seen_at_ms: now(),
        })
        .where("order_id", "=", order)
        .where("serial", "=", serial)
        .where("device_kid", "is", null)
        .where("enrolment_code_hash", "=", record.codeHash)
        .executeTakeFirst();
      if (updated.numUpdatedRows !== 1n)
        return conflict("publicKey: another key was enrolled first");
    }
    await notePinnedKeys(transaction, record, record.brokerKids, now());
    await appendAudit(transaction, order, {
      action: "enrol",
      actor: actorOf(message, record),
      outcome: "done",
      serial,
      requestHash: message.hash,
      correlationId: message.correlationId,
      deviceKey: key.jwk,
      detail: {
        deviceKid: key.kid,
        minimumSuite: record.minimumSuite,
        claimedDeviceKeyGrade: record.deviceKeyGrade,
        isRepeated: record.isRepeated,
        untrustedAgent: record.untrustedAgent,
      },
    });
    await storeAnswer(transaction, message.hash, record.answer, now());
    return { ok: true, value: undefined };
  });
}

function conflict(detail: string): Outcome<undefined> {
  return failed({ code: "EnrolmentConflict", detail });
}
