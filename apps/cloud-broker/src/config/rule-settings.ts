import { defaultUnlockPolicy } from "../core/unlock-policy.ts";
import { type BrokerConfig, cloudOf } from "./config.ts";

/**
 * The settings that rules decide by, as one object. Callers hand it on whole, and each rule names
 * its own part: a new setting is a row of SETTINGS, a line here, and the rule.
 */
export type RuleSettings = ReturnType<typeof ruleSettingsOf>;

export function ruleSettingsOf(config: BrokerConfig) {
  return {
    /**
     * Public URL of Resource Manager, without a final slash: Location headers and links start with
     * it.
     */
    armUrl: config.ARM_URL,
    /** Orders are for its regions. */
    cloud: cloudOf(config),
    tenantId: config.TENANT_ID,
    /** Retry-After of long-running operations. */
    retryAfterSeconds: config.LRO_RETRY_AFTER_SECONDS,
    allowRevertToMicrosoftManaged: config.ALLOW_REVERT_TO_MICROSOFT_MANAGED,
    /** Policy of orders that have no unlock policy of their own. */
    defaultPolicy: defaultUnlockPolicy({
      leaseTtlSeconds: config.LEASE_TTL_SECONDS,
      outageGraceSeconds: config.OUTAGE_GRACE_SECONDS,
    }),
    /** How long an Owner's override of an unlock policy can be rejected. */
    policyOverrideHours: config.POLICY_OVERRIDE_HOURS,
    /** Hosts of key vaults. */
    keyVaultSuffixes: config.KEY_VAULT_SUFFIXES,
    /** How long a key must be unreachable before a backup replaces it automatically. */
    backupAfterSeconds: config.BACKUP_KEY_AFTER_SECONDS,
    /** Interval of the checks of each key; 0: no automatic checks. */
    keyHealthIntervalSeconds: config.KEY_HEALTH_INTERVAL_SECONDS,
    /** Unlocks without network that one order may have in one UTC day. */
    offlineUnlocksPerDay: config.OFFLINE_UNLOCKS_PER_DAY,
    /** Unlocks a minute, counted in the database; 0: no limit. */
    unlockQuota: {
      perNode: config.RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE,
      perOrder: config.RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE,
    },
  } as const;
}
