import type { Fault } from "./fault.ts";
import { ACCESS_FAULTS } from "./faults/access-faults.ts";
import { ANSWER_FAULTS } from "./faults/answer-faults.ts";
import { CHOICE_FAULTS } from "./faults/choice-faults.ts";
import { IDENTITY_FAULTS } from "./faults/identity-faults.ts";
import { KEY_FAULTS } from "./faults/key-faults.ts";
import { VAULT_FAULTS } from "./faults/vault-faults.ts";

/**
 * Everything that can go wrong between the broker and Azure, and everything that a customer can ask
 * for in vain.
 */
export const FAULTS: readonly Fault[] = [
  ...KEY_FAULTS,
  ...ACCESS_FAULTS,
  ...VAULT_FAULTS,
  ...IDENTITY_FAULTS,
  ...CHOICE_FAULTS,
  ...ANSWER_FAULTS,
];

/**
 * Failures that the emulator cannot cause, since Key Vault itself does not, and the tests that show
 * them instead.
 */
export const SHOWN_ELSEWHERE = [
  {
    name: "a key that was missed for a minute is called purged",
    code: "SsemUserErrorKeyDetailsNotFound",
    reason: "key-purged",
    test: "apps/cloud-broker/src/core/failure-mapping.test.ts",
  },
  {
    name: "an RSA key below 2048 bits",
    code: "SsemUserErrorEncryptionKeyTypeNotSupported",
    reason: "key-size",
    test: "apps/cloud-broker/test/custody/validate.test.ts",
  },
] as const;
