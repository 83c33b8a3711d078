import { hash } from "node:crypto";

import { checkNonce } from "@databox-cmk/crypto";
import type { UnlockRequest } from "@databox-cmk/protocol";

import { LEASE_STATES } from "../core/decide-renewal.ts";
import { compileOnce } from "../store/compile-once.ts";
import { NONCE_LIFETIME_MS } from "./challenge.ts";
import { consumeNonce } from "./consume-nonce.ts";
import type { DeviceDependencies } from "./device-dependencies.ts";
import type { DeviceNode } from "./device-node.ts";
import type { DeviceMessage } from "./serve-device-message.ts";
import type { UnlockWay } from "./unlock-way.ts";

const selectNonce = compileOnce((store, { nonceHash }: { nonceHash: string }) =>
  store
    .selectFrom("consumed_nonces")
    .select(["request_hash", "expires_at_ms"])
    .where("nonce_hash", "=", nonceHash),
);

/** The node asked by itself: a nonce of this broker makes its question fresh. */
export function networkWay(
  dependencies: DeviceDependencies,
  message: DeviceMessage,
  request: UnlockRequest,
  node: DeviceNode,
): UnlockWay {
  const { store, keys, now } = dependencies;
  return {
    action: "unlock",
    detail: {},
    minimumSuite: node.minimumSuite,
    carriesEnvelope: true,
    async freshness() {
      const [used] = await selectNonce(store, {
        nonceHash: hash("sha256", request.nonce, "base64url"),
      });
      return {
        nonce: checkNonce(keys.nonce, request.nonce, { serial: node.serial, nowMs: now() }),
        nonceUsedBy:
          used === undefined
            ? undefined
            : {
                requestHash: used.request_hash,
                sinceMs: now() + NONCE_LIFETIME_MS - used.expires_at_ms,
              },
        lastCounter: node.lastCounter,
      };
    },
    permit: () => Promise.resolve({ ok: true, value: undefined }),
    useUp: () => consumeNonce(dependencies, message.hash, request, node),
    lease: () => ({}),
    // A replica that was paused, or whose vault was slow, must not take the newer lease from a node that has asked again.
    async isOvertaken(transaction) {
      const newer = await selectNewerLease(transaction, {
        order: node.order,
        serial: node.serial,
        counter: request.counter,
      });
      return newer.length > 0;
    },
    record: () => Promise.resolve({ ok: true, value: { offlineJson: null } }),
  };
}

const selectNewerLease = compileOnce(
  (store, { order, serial, counter }: { order: string; serial: string; counter: number }) =>
    store
      .selectFrom("leases")
      .select("id")
      .where("order_id", "=", order)
      .where("serial", "=", serial)
      // All states: with them it is found by the index, however many leases the node had.
      .where("state", "in", LEASE_STATES)
      .where("last_counter", ">", counter)
      .limit(1),
);
