import { addDuration, parseDuration } from "../duration.ts";
import type { EpochMs, Key, KeyVersion } from "../model.ts";
import { newestVersion } from "./key-view.ts";

/** When the newest version must be replaced by its policy; undefined: never. */
export function rotationDueAtMs(key: Key): EpochMs | undefined {
  const policy = key.rotationPolicy;
  const action = policy?.lifetimeActions.find((candidate) => candidate.action === "Rotate");
  if (policy === undefined || action === undefined) return undefined;
  const duration = parseDuration(action.trigger.duration);
  const newest = newestVersion(key);
  if (duration === undefined) return undefined;
  if (action.trigger.kind === "time-after-create")
    return Math.max(addDuration(newest.createdAtMs, duration), policy.updatedAtMs);
  if (newest.expiresSeconds === undefined) return undefined;
  return Math.max(addDuration(newest.expiresSeconds * 1000, duration, -1), policy.updatedAtMs);
}

/**
 * The metadata of the version that replaces the newest one: same shape, new life; `exp` comes from
 * the policy only.
 */
export function rotatedVersion(
  key: Key,
  material: Pick<KeyVersion, "version" | "jwk">,
  atMs: EpochMs,
): KeyVersion {
  const newest = newestVersion(key);
  const expiry =
    key.rotationPolicy?.expiryTime === undefined
      ? undefined
      : parseDuration(key.rotationPolicy.expiryTime);
  return {
    ...material,
    keyOperations: newest.keyOperations,
    enabled: true,
    expiresSeconds: expiry === undefined ? undefined : Math.floor(addDuration(atMs, expiry) / 1000),
    createdAtMs: atMs,
    updatedAtMs: atMs,
    exportable: newest.exportable,
    tags: newest.tags,
    releasePolicy: newest.releasePolicy,
  };
}
