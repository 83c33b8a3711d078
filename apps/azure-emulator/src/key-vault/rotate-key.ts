import { newestVersion, viewKey } from "../core/key-vault/key-view.ts";
import { rotationPolicyPayload } from "../core/key-vault/payloads.ts";
import { REFUSALS } from "../core/key-vault/refusal.ts";
import { renderKeyBundle, renderRotationPolicy } from "../core/key-vault/render-key.ts";
import {
  toRotationPolicy,
  rotatedVersion,
  rotationDueAtMs,
} from "../core/key-vault/rotation-policy.ts";
import {
  type EpochMs,
  type Key,
  type KeyVersion,
  keyRecordKey,
  type Vault,
} from "../core/model.ts";
import type { EmulatorState } from "../state/emulator-state.ts";
import { purgeKey } from "../state/purge.ts";
import {
  done,
  liveKey,
  refuse,
  renderContext,
  withoutPayload,
  withPayload,
  materialOf,
} from "./exchange.ts";
import { generateKey, shapeOfVersion } from "./key-engine.ts";
import { newVersionId, writeVersion } from "./write-version.ts";

export const rotateOperation = withoutPayload(async (exchange) => {
  const { state, vault, nowMs } = exchange;
  const rotated = await rotate(state, {
    vault,
    key: liveKey(exchange),
    atMs: nowMs,
    nowMs,
    counts: "each-request",
  });
  if (rotated === undefined) return refuse(REFUSALS.keyNotFound(exchange.keyName));
  return done(renderKeyBundle(renderContext(exchange), rotated.key, rotated.version));
});

export const getRotationPolicyOperation = withoutPayload((exchange) => {
  const key = liveKey(exchange);
  return done(renderRotationPolicy(renderContext(exchange), key, key.rotationPolicy));
});

export const updateRotationPolicyOperation = withPayload(
  rotationPolicyPayload,
  (exchange, payload) => {
    const key = liveKey(exchange);
    const policy = toRotationPolicy(payload, key.rotationPolicy, exchange.nowMs);
    if ("status" in policy) return refuse(policy);
    const changed: Key = { ...key, rotationPolicy: policy };
    exchange.state.put("key", changed);
    return done(renderRotationPolicy(renderContext(exchange), changed, policy));
  },
);

/**
 * Applies the passed time to a key since its last use: the purge at the end of its retention, and
 * each rotation of its policy, dated when it was due. There is no background work; an unused key
 * may wait.
 */
export async function settleKey(
  state: EmulatorState,
  vault: Vault,
  keyName: string,
  nowMs: EpochMs,
): Promise<void> {
  for (;;) {
    const key = state.get("key", keyRecordKey(vault.name, keyName));
    if (key === undefined) return;
    if (key.lifecycle.kind === "deleted" && nowMs >= key.lifecycle.scheduledPurgeAtMs) {
      purgeKey(state, vault.name, key.name);
      return;
    }
    if (key.rotationPolicy === undefined || viewKey(key, nowMs).kind !== "live") return;
    const dueAtMs = rotationDueAtMs(key);
    if (dueAtMs === undefined || dueAtMs > nowMs) return;
    const rotated = await rotate(state, { vault, key, atMs: dueAtMs, nowMs, counts: "once" });
    if (rotated === undefined) return;
  }
}

/** Whether `settleKey` may have work to do: the hot path checks this first. */
export function mayNeedSettling(key: Key | undefined): key is Key {
  return (
    key !== undefined && (key.rotationPolicy !== undefined || key.lifecycle.kind === "deleted")
  );
}

/** `atMs` dates the new version; `nowMs` decides whether the key is there to be written. */
type Rotation = {
  readonly vault: Vault;
  readonly key: Key;
  readonly atMs: EpochMs;
  readonly nowMs: EpochMs;
  readonly counts: "each-request" | "once";
};

/** @returns undefined when the key was deleted or purged while the new version was made. */
async function rotate(
  state: EmulatorState,
  { vault, key, atMs, nowMs, counts }: Rotation,
): Promise<{ key: Key; version: KeyVersion } | undefined> {
  const newest = newestVersion(key);
  const material = await generateKey(shapeOfVersion(newest, materialOf(state, key, newest)));
  const current = state.get("key", keyRecordKey(vault.name, key.name));
  if (current === undefined) return undefined;
  // A due rotation happens once, by the first request after it; a requested one happens each time.
  if (counts === "once" && newestVersion(current).version !== newest.version)
    return { key: current, version: newestVersion(current) };
  const version = rotatedVersion(current, { version: newVersionId(), jwk: material.jwk }, atMs);
  const written = writeVersion(state, { vault, keyName: key.name, version, material, nowMs });
  return written === undefined ? undefined : { key: written, version };
}
