import { parseConfig } from "../../src/config/config.ts";
import { type RuleSettings, ruleSettingsOf } from "../../src/config/rule-settings.ts";
import { TENANT_ID } from "./fake-identities.ts";

/** The defaults of all settings that rules decide by, with the hosts of fake vaults. */
export const RULE_SETTINGS: RuleSettings = ruleSettingsOf(
  parseConfig({
    BROKER_TLS_CERTIFICATE_FILE: "tls.pem",
    BROKER_TLS_KEY_FILE: "tls-key.pem",
    BROKER_DATA_DIR: "data",
    TENANT_ID,
    ARM_URL: "https://arm.localhost",
    LRO_RETRY_AFTER_SECONDS: "0",
    KEY_VAULT_SUFFIXES: "vault.test",
    SERVICE_KEY_URL: "https://kv-service.vault.test/keys/mmk",
    IDENTITY_RESOURCE_GROUP:
      "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/broker",
  }),
);
