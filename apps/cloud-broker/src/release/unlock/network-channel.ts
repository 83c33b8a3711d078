import { hash } from "node:crypto";

import { checkNonce } from "@databox-cmk/crypto";
import type { UnlockRequest } from "@databox-cmk/protocol";

import { usedUpBy } from "../../core/decide-unlock.ts";
import { failed } from "../../core/failed.ts";
import type { OrderId } from "../../core/order.ts";
import type { Failure, Outcome } from "../../core/ports.ts";
import { compileTogether } from "../../store/fast/compile-together.ts";
import type { Store } from "../../store/store.ts";
import { countedOf, QUOTA_WRITES, usedUpQuota } from "../limits/unlock-quota.ts";
import { NONCE_LIFETIME_MS } from "../message/challenge.ts";
import type { Needs } from "../message/device-dependencies.ts";
import type { DeviceNode } from "../message/device-node.ts";
import type { DeviceMessage } from "../message/serve-device-message.ts";
import { raiseCounter } from "../message/use-counter.ts";
import type { UnlockChannel } from "./unlock-channel.ts";

type QuotaDependencies = Needs<"store" | "commit" | "now" | "settings" | "countCustomerUnlock">;
export type NetworkDependencies = QuotaDependencies & Needs<"keys">;

/** The node sent the request itself: a nonce of this broker proves its freshness. */
export function networkChannel(
  dependencies: NetworkDependencies,
  message: DeviceMessage,
  request: UnlockRequest,
  node: DeviceNode,
): UnlockChannel {
  const { keys, now } = dependencies;
  const nonceHash = hash("sha256", request.nonce, "base64url");
  return {
    action: "unlock",
    out: request.purpose === "prepare" ? "preparation" : "unlock",
    detail: {},
    minimumSuite: node.minimumSuite,
    carriesEnvelope: true,
    nonceHash,
    freshness: (used) => ({
      nonce: checkNonce(keys.nonce, request.nonce, { serial: node.serial, nowMs: now() }),
      nonceUsedBy: used && {
        requestHash: used.requestHash,
        sinceMs: now() + NONCE_LIFETIME_MS - used.expiresAtMs,
      },
      lastCounter: node.lastCounter,
    }),
    permit: () => Promise.resolve({ ok: true, value: undefined }),
    useUp: () => consumeNonce(dependencies, message.hash, nonceHash, request, node),
    lease: () => ({}),
    // A replica that was paused, or whose vault was slow, must not replace the newer lease of a
    // node that has asked again.
    overtakenAbove: request.counter,
    record: () => Promise.resolve({ ok: true, value: { offlineJson: null } }),
  };
}

type ConsumedNonce = {
  readonly nonceHash: string;
  readonly requestHash: string;
  readonly expiresAtMs: number;
  readonly order: OrderId;
  readonly serial: string;
  readonly counter: number;
} & ReturnType<typeof countedOf>;

const insertNonce = (store: Store, used: ConsumedNonce) =>
  store
    .insertInto("consumed_nonces")
    .values({
      nonce_hash: used.nonceHash,
      request_hash: used.requestHash,
      expires_at_ms: used.expiresAtMs,
    })
    .onConflict((conflict) => conflict.column("nonce_hash").doNothing());

const useUp = compileTogether({ nonce: insertNonce, counter: raiseCounter, ...QUOTA_WRITES });

/**
 * Counts the request against its quotas and uses up nonce and counter, all or nothing, in one
 * commit; of many concurrent requests exactly one can.
 */
async function consumeNonce(
  deps: QuotaDependencies,
  requestHash: string,
  nonceHash: string,
  request: UnlockRequest,
  { order, serial }: DeviceNode,
): Promise<Outcome<undefined>> {
  const busy = await deps.countCustomerUnlock(order);
  if (busy !== undefined) return failed(busy);
  const nowMs = deps.now();
  const refusedBy = await useUp(deps, {
    nonceHash,
    requestHash,
    // Every nonce that is valid now expires before this row does.
    expiresAtMs: nowMs + NONCE_LIFETIME_MS,
    order,
    serial,
    counter: request.counter,
    ...countedOf(deps.settings.unlockQuota, { order, serial }, nowMs),
  });
  switch (refusedBy) {
    case undefined:
      return { ok: true, value: undefined };
    case "nonce":
      return failed(await whyUsed(deps.store, nonceHash, requestHash));
    case "counter":
      return failed({ code: "CounterRollback", detail: "counter: another message came first" });
    case "perNode":
    case "perOrder":
      return failed(usedUpQuota(refusedBy, deps.settings.unlockQuota, nowMs));
  }
}

async function whyUsed(store: Store, nonceHash: string, requestHash: string): Promise<Failure> {
  const used = await store
    .selectFrom("consumed_nonces")
    .select("request_hash")
    .where("nonce_hash", "=", nonceHash)
    .executeTakeFirst();
  return usedUpBy(used?.request_hash, requestHash, "nonce: used already");
}
