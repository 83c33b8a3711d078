import {
  offlineLease,
  type OfflineUnlockList,
  type OfflineUnlockResult,
} from "@databox-cmk/protocol";

import { dayOf } from "../../core/decide-offline.ts";
import type { OrderId } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Needs } from "../message/device-dependencies.ts";
import { usedOn } from "./offline-channel.ts";

type Dependencies = Needs<"store" | "now" | "settings">;

/** Number of uses that are shown, newest first. */
const SHOWN_MAX = 200;

/** The facts that a person sees about the answer that they carry back. */
export async function readOfflineUnlock(
  { store, now, settings }: Dependencies,
  order: OrderId,
  requestHash: string,
): Promise<Omit<OfflineUnlockResult, "answer">> {
  const row = await store
    .selectFrom("offline_unlocks")
    .select(["serial", "lease_json", "expires_at_ms"])
    .where("request_hash", "=", requestHash)
    .executeTakeFirstOrThrow();
  const used = await usedOn(store, order, dayOf(now()));
  return {
    serial: row.serial,
    expiresAt: renderTime(row.expires_at_ms ?? 0),
    lease: offlineLease.parse(JSON.parse(row.lease_json ?? "null")),
    usesLeftToday: Math.max(0, settings.offlineUnlocksPerDay - used),
  };
}

/** The order's uses, newest first; refusals are in the activity. */
export async function listOfflineUnlocks(
  { store, now, settings }: Dependencies,
  order: OrderId,
): Promise<OfflineUnlockList> {
  const rows = await store
    .selectFrom("offline_unlocks")
    .leftJoin("grants", "grants.grant_hash", "offline_unlocks.grant_hash")
    .select([
      "offline_unlocks.challenge_id",
      "offline_unlocks.serial",
      "offline_unlocks.submitted_by",
      "offline_unlocks.reason",
      "offline_unlocks.granted_at_ms",
      "offline_unlocks.kid",
      "offline_unlocks.lease_json",
      "offline_unlocks.expires_at_ms",
      "grants.receipt_outcome",
    ])
    .where("offline_unlocks.order_id", "=", order)
    .where("offline_unlocks.granted_at_ms", "is not", null)
    .orderBy("offline_unlocks.granted_at_ms", "desc")
    .limit(SHOWN_MAX)
    .execute();
  return {
    value: rows.map((row) => ({
      challengeId: row.challenge_id,
      serial: row.serial,
      at: renderTime(row.granted_at_ms ?? 0),
      by: row.submitted_by,
      reason: row.reason ?? undefined,
      kid: row.kid ?? "",
      lease: offlineLease.parse(JSON.parse(row.lease_json ?? "null")),
      expiresAt: renderTime(row.expires_at_ms ?? 0),
      receipt: row.receipt_outcome ?? undefined,
    })),
    usedToday: await usedOn(store, order, dayOf(now())),
    limitPerDay: settings.offlineUnlocksPerDay,
  };
}
