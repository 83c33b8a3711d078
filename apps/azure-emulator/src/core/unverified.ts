type Behaviour = {
  /** The first is the default. */
  readonly choices: readonly [string, ...string[]];
  readonly about: string;
};

/**
 * Behaviours of the real service that no source documents, and the emulator's choices; the README's
 * table is generated from this one.
 */
export const UNVERIFIED = {
  "disabled-key-public-operations": {
    choices: ["refuse", "allow"],
    about:
      "wrapKey, encrypt and verify on a disabled key: documentation implies a refusal, one report says they pass",
  },
  "outside-validity-inner-code": {
    choices: ["KeyExpired-or-KeyNotYetValid", "none"],
    about:
      "inner code and text of the 403 for wrapKey, encrypt and sign outside nbf..exp: documentation names the status only",
  },
  "purge-protection-status": {
    choices: ["403", "409"],
    about:
      "status and inner code of the refusal to purge a key of a purge-protected vault: one report quotes 403, and the text",
  },
  "soft-deleted-vault-host": {
    choices: ["refuse-connection", "forbidden"],
    about: "what the host of a soft-deleted vault answers, whose DNS name stays",
  },
  "permission-or-existence-first": {
    choices: ["permission", "existence"],
    about: "whether a caller without permission learns that a key does not exist",
  },
  "unknown-api-version": {
    choices: ["refuse", "accept"],
    about:
      "a missing or unknown api-version: documentation says there is no default; the words for a missing one are unknown",
  },
  "retired-control-plane-versions": {
    choices: ["refuse", "accept"],
    about:
      "Microsoft.KeyVault's versions before 2026-02-01 from 2027-02-27 on: documentation announces that they retire, the answer is unknown",
  },
  "service-encryption-user-reads-deleted-keys": {
    choices: ["yes", "no"],
    about:
      "whether Key Vault Crypto Service Encryption User may read /deletedkeys (its data action keys/read suggests so)",
  },
  "validity-leeway-seconds": {
    choices: ["0", "60", "300"],
    about: "tolerance around nbf and exp: documentation says normally no more than a few minutes",
  },
  "hsm-keys-on-standard-vault": {
    choices: ["refuse", "accept"],
    about:
      "RSA-HSM, EC-HSM, oct-HSM and AKP-HSM keys in a vault of the standard tier: users report the words of the refusal, but neither its status nor its code",
  },
  "random-bytes-on-vault": {
    choices: ["serve", "refuse"],
    about: "POST /rng is documented for Managed HSM; a vault's answer is unknown",
  },
  "throttled-retry-after": {
    choices: ["absent", "present"],
    about: "Retry-After on the 429 of a vault's own budget: the one recorded header list has none",
  },
} as const satisfies Record<string, Behaviour>;

export type UnverifiedBehaviour = keyof typeof UNVERIFIED;
export type UnverifiedChoice<B extends UnverifiedBehaviour> =
  (typeof UNVERIFIED)[B]["choices"][number];
/** Returns the current choice. */
export type ChooseBehaviour = <B extends UnverifiedBehaviour>(behaviour: B) => UnverifiedChoice<B>;

export function isUnverifiedBehaviour(name: string): name is UnverifiedBehaviour {
  return Object.hasOwn(UNVERIFIED, name);
}

/** Reads the choices of the settings; an absent or unknown one is the default. */
export function chooseBehaviour(chosen: Readonly<Record<string, string>>): ChooseBehaviour {
  return <B extends UnverifiedBehaviour>(behaviour: B) => {
    const choices: readonly UnverifiedChoice<B>[] = UNVERIFIED[behaviour].choices;
    return (
      choices.find((choice) => choice === chosen[behaviour]) ?? UNVERIFIED[behaviour].choices[0]
    );
  };
}
