import type { EpochMs, Key, KeyVersion } from "../model.ts";

/** A key as it is visible at one time, eventual consistency included. */
export type KeyView =
  | { readonly kind: "absent" }
  | { readonly kind: "live"; readonly key: Key }
  | { readonly kind: "being-recovered"; readonly key: Key }
  | { readonly kind: "being-deleted"; readonly key: Key }
  | { readonly kind: "deleted"; readonly key: Key };

export function viewKey(key: Key | undefined, nowMs: EpochMs): KeyView {
  if (key === undefined) return { kind: "absent" };
  const { lifecycle } = key;
  switch (lifecycle.kind) {
    case "live":
      return { kind: "live", key };
    case "recovered":
      return { kind: nowMs < lifecycle.visibleAtMs ? "being-recovered" : "live", key };
    case "deleted":
      if (nowMs >= lifecycle.scheduledPurgeAtMs) return { kind: "absent" };
      return { kind: nowMs < lifecycle.visibleAtMs ? "being-deleted" : "deleted", key };
  }
}

export function newestVersion(key: Key): KeyVersion {
  return key.versions.at(-1) ?? key.versions[0];
}

/** The named version, or the newest for an empty name. */
export function findVersion(key: Key, version: string): KeyVersion | undefined {
  return version === ""
    ? newestVersion(key)
    : key.versions.find((candidate) => candidate.version === version.toLowerCase());
}

export function replaceVersion(key: Key, changed: KeyVersion): Key {
  const replace = (version: KeyVersion): KeyVersion =>
    version.version === changed.version ? changed : version;
  const [first, ...rest] = key.versions;
  return { ...key, versions: [replace(first), ...rest.map(replace)] };
}
