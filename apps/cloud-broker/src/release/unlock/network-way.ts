import { hash } from "node:crypto";

import { checkNonce } from "@databox-cmk/crypto";
import type { UnlockRequest } from "@databox-cmk/protocol";

import { NONCE_LIFETIME_MS } from "../message/challenge.ts";
import type { DeviceDependencies } from "../message/device-dependencies.ts";
import type { DeviceNode } from "../message/device-node.ts";
import type { DeviceMessage } from "../message/serve-device-message.ts";
import { consumeNonce } from "./consume-nonce.ts";
import type { UnlockWay } from "./unlock-way.ts";

/** The node sent the request itself: a nonce of this broker proves its freshness. */
export function networkWay(
  dependencies: DeviceDependencies,
  message: DeviceMessage,
  request: UnlockRequest,
  node: DeviceNode,
): UnlockWay {
  const { keys, now } = dependencies;
  const nonceHash = hash("sha256", request.nonce, "base64url");
  return {
    action: "unlock",
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
