import type { Fault } from "../fault.ts";
import { KEY_NAME } from "../world/site.ts";

const EVERYWHERE = ["validate", "credentials", "unlock"] as const;
const POLL = { intervalInMs: 20 };
const PAST = new Date("2020-01-01T00:00:00Z");
/** The SDK counts seconds in 32 bits. */
const FUTURE = new Date("2037-01-01T00:00:00Z");
const BEYOND_RETENTION = { duration: "P8D" };
const administrator = { class: "refused", who: "security-administrator" } as const;

/** The key itself: its attributes, its deletion, its answers. */
export const KEY_FAULTS: readonly Fault[] = [
  {
    row: 1,
    name: "the key version is disabled",
    code: "SsemUserErrorEncryptionKeyDisabled",
    ...administrator,
    site: "agent",
    shownBy: EVERYWHERE,
    make: async ({ site }) => {
      await site.keys.updateKeyProperties(KEY_NAME, site.version, { enabled: false });
    },
    cure: async ({ site }) => {
      await site.keys.updateKeyProperties(KEY_NAME, site.version, { enabled: true });
    },
  },
  {
    row: 2,
    name: "the key version has expired",
    code: "SsemUserErrorEncryptionKeyExpired",
    ...administrator,
    site: "policies",
    shownBy: EVERYWHERE,
    make: async ({ site }) => {
      await site.keys.updateKeyProperties(KEY_NAME, site.version, { expiresOn: PAST });
    },
    cure: async ({ site }) => {
      await site.keys.updateKeyProperties(KEY_NAME, site.version, { expiresOn: FUTURE });
    },
  },
  {
    row: 3,
    name: "the key version is not valid yet",
    code: "KeyNotYetValid",
    ...administrator,
    site: "policies",
    shownBy: EVERYWHERE,
    make: async ({ site }) => {
      await site.keys.updateKeyProperties(KEY_NAME, site.version, { notBefore: FUTURE });
    },
    cure: async ({ site }) => {
      await site.keys.updateKeyProperties(KEY_NAME, site.version, { notBefore: PAST });
    },
  },
  {
    row: 4,
    name: "the key is deleted and recoverable",
    code: "SsemUserErrorKeyDetailsNotFound",
    reason: "key-deleted-recoverable",
    ...administrator,
    site: "policies",
    shownBy: EVERYWHERE,
    make: async ({ site }) => {
      await (await site.keys.beginDeleteKey(KEY_NAME, POLL)).pollUntilDone();
    },
    cure: async ({ site }) => {
      await (await site.keys.beginRecoverDeletedKey(KEY_NAME, POLL)).pollUntilDone();
    },
  },
  {
    // In its first minute a missing key may be one whose deletion does not show yet, so that it is
    // not called purged before: that reason is shown by the row's test beside the mapping, which
    // moves the broker's clock.
    row: 5,
    name: "the key is purged",
    code: "SsemUserErrorKeyDetailsNotFound",
    reason: "key-not-found",
    class: "refused",
    who: "order-owner",
    site: "purgedKey",
    shownBy: EVERYWHERE,
    make: async ({ site, world }) => {
      backups.set(site.name, (await site.keys.backupKey(KEY_NAME)) ?? new Uint8Array());
      await (await site.keys.beginDeleteKey(KEY_NAME, POLL)).pollUntilDone();
      await world.control("POST", "/clock/advance", BEYOND_RETENTION);
    },
    cure: async ({ site, world }) => {
      await site.keys.restoreKeyBackup(backups.get(site.name) ?? new Uint8Array());
      await world.control("DELETE", "/clock");
    },
  },
  {
    row: 6,
    name: "the key has no such version",
    code: "SsemUserErrorKeyDetailsNotFound",
    reason: "version-not-found",
    class: "refused",
    who: "order-owner",
    site: "policies",
    shownBy: ["validate", "change"],
    make: () => Promise.resolve(),
    cure: () => Promise.resolve(),
    asks: ({ site }) => ({ kekUrl: site.kid.replace(site.version, "0".repeat(32)) }),
  },
];

/** Of `make`, for `cure`. */
const backups = new Map<string, Uint8Array>();
