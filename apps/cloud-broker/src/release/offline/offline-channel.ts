import { messageHash } from "@databox-cmk/crypto";
import type { OfflineChallenge, UnlockPolicy } from "@databox-cmk/protocol";

import { dayIsUsedUp, dayOf, decideOfflineUse } from "../../core/decide-offline.ts";
import { BEING_ANSWERED, usedUpBy } from "../../core/decide-unlock.ts";
import { failed } from "../../core/failed.ts";
import { renderOfflineTerms } from "../../core/offline-terms.ts";
import type { OrderId } from "../../core/order.ts";
import type { Failure, Outcome } from "../../core/ports.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";
import type { Needs } from "../message/device-dependencies.ts";
import type { DeviceNode } from "../message/device-node.ts";
import type { Carrier, DeviceMessage } from "../message/serve-device-message.ts";
import { raiseCounter } from "../message/use-counter.ts";
import type { UnlockChannel } from "../unlock/unlock-channel.ts";

export type OfflineAsk = {
  readonly message: DeviceMessage;
  readonly carrier: Carrier;
  readonly challenge: OfflineChallenge;
  readonly node: DeviceNode;
  /** This exact message was already used up, without a grant. */
  readonly isAgain: boolean;
};

/**
 * A person carried the request: its id and counter make it fresh, its row in the database uses it
 * up.
 */
export function offlineChannel(
  dependencies: Needs<"store" | "commit" | "now" | "settings">,
  { message, carrier, challenge, node, isAgain }: OfflineAsk,
): UnlockChannel {
  const { store, commit, now } = dependencies;
  const { offlineUnlocksPerDay } = dependencies.settings;
  const { challengeId, counter } = challenge;
  return {
    action: "offline-unlock",
    out: "carried unlock",
    detail: { challengeId, reason: carrier.reason },
    // Follows from the kind of the message: a QR code has no room for a larger key.
    minimumSuite: "X25519",
    // A QR code has no room for an envelope either. None is needed: every generation holds the same
    // content key.
    carriesEnvelope: false,
    freshness: () => ({
      nonce: "valid",
      nonceUsedBy: undefined,
      lastCounter: isAgain ? counter - 1 : node.lastCounter,
    }),
    async permit(terms) {
      const used = await usedOn(store, node.order, dayOf(now()));
      return decideOfflineUse(terms, used, offlineUnlocksPerDay);
    },
    useUp: () =>
      isAgain
        ? Promise.resolve({ ok: true, value: undefined })
        : commit((transaction) =>
            claimChallenge(transaction, { message, carrier, challenge, node }, now()),
          ),
    lease: ({ offline }: Pick<UnlockPolicy, "offline">) => ({ offline: offline.lease }),
    // A carried request stays valid, even if its node asks again meanwhile.
    overtakenAbove: Number.MAX_SAFE_INTEGER,
    async record(transaction, { grant, grantHash, answer }) {
      const nowMs = now();
      const { lease } = grant;
      if (lease.offline === undefined) throw new TypeError("an offline grant without its lease");
      const expiresAtMs = nowMs + challenge.opensForSeconds * 1000;
      const answered = await transaction
        .updateTable("offline_unlocks")
        .set({
          granted_at_ms: nowMs,
          grant_hash: grantHash,
          answer: answer.text,
          kid: grant.kid,
          lease_json: JSON.stringify(lease.offline),
          expires_at_ms: expiresAtMs,
        })
        .where("challenge_id", "=", challengeId)
        .where("request_hash", "=", message.hash)
        .where("granted_at_ms", "is", null)
        .executeTakeFirst();
      if (answered.numUpdatedRows !== 1n) return failed(BEING_ANSWERED);
      if (!(await countUse(transaction, node.order, dayOf(nowMs), offlineUnlocksPerDay))) {
        await forgetAnswer(transaction, challengeId);
        return failed(dayIsUsedUp(offlineUnlocksPerDay));
      }
      return { ok: true, value: { offlineJson: renderOfflineTerms(lease.offline, expiresAtMs) } };
    },
  };
}

/** A challenge without an answer yet. */
const NOT_GRANTED = {
  granted_at_ms: null,
  grant_hash: null,
  answer: null,
  kid: null,
  lease_json: null,
  expires_at_ms: null,
} as const;

/**
 * Uses up id and counter in one transaction; a counter that is too low leaves no row, so the id
 * cannot be tried again.
 */
async function claimChallenge(
  transaction: StoreTransaction,
  { message, carrier, challenge, node }: Omit<OfflineAsk, "isAgain">,
  nowMs: number,
): Promise<Outcome<undefined>> {
  const inserted = await transaction
    .insertInto("offline_unlocks")
    .values({
      challenge_id: challenge.challengeId,
      order_id: node.order,
      serial: node.serial,
      request_hash: messageHash(message.text),
      submitted_by: carrier.name,
      submitted_by_id: carrier.objectId,
      reason: carrier.reason ?? null,
      submitted_at_ms: nowMs,
      ...NOT_GRANTED,
    })
    .onConflict((conflict) => conflict.column("challenge_id").doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n)
    return failed(await whyClaimed(transaction, challenge, message.hash));
  const { order, serial } = node;
  const { counter } = challenge;
  const counted = await raiseCounter(transaction, { order, serial, counter }).executeTakeFirst();
  if (counted.numUpdatedRows === 1n) return { ok: true, value: undefined };
  await transaction
    .deleteFrom("offline_unlocks")
    .where("challenge_id", "=", challenge.challengeId)
    .execute();
  return failed({ code: "CounterRollback", detail: "counter: another message came first" });
}

async function whyClaimed(
  transaction: StoreTransaction,
  { challengeId }: OfflineChallenge,
  requestHash: string,
): Promise<Failure> {
  const claimed = await transaction
    .selectFrom("offline_unlocks")
    .select("request_hash")
    .where("challenge_id", "=", challengeId)
    .executeTakeFirst();
  return usedUpBy(claimed?.request_hash, requestHash, "challengeId: used meanwhile");
}

/** Never above the limit, on any replica: the row itself decides. */
async function countUse(
  transaction: StoreTransaction,
  order: OrderId,
  day: string,
  limit: number,
): Promise<boolean> {
  await transaction
    .insertInto("offline_uses")
    .values({ order_id: order, day, used: 0 })
    .onConflict((conflict) => conflict.columns(["order_id", "day"]).doNothing())
    .execute();
  const counted = await transaction
    .updateTable("offline_uses")
    .set((row) => ({ used: row("used", "+", 1) }))
    .where("order_id", "=", order)
    .where("day", "=", day)
    .where("used", "<", limit)
    .executeTakeFirst();
  return counted.numUpdatedRows === 1n;
}

async function forgetAnswer(transaction: StoreTransaction, challengeId: string): Promise<void> {
  await transaction
    .updateTable("offline_unlocks")
    .set(NOT_GRANTED)
    .where("challenge_id", "=", challengeId)
    .execute();
}

/** @param day - UTC */
export async function usedOn(store: Store, order: OrderId, day: string): Promise<number> {
  const row = await store
    .selectFrom("offline_uses")
    .select("used")
    .where("order_id", "=", order)
    .where("day", "=", day)
    .executeTakeFirst();
  return row?.used ?? 0;
}
