import { failed } from "../core/failed.ts";
import { decideKeyUse } from "../core/key-rules.ts";
import { kidOf } from "../core/key-url.ts";
import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import { decideMissingKey, decideMissingVault } from "../core/missing-key.ts";
import type {
  Clock,
  Failure,
  KeyFacts,
  KeyVaults,
  Outcome,
  ResourceReader,
} from "../core/ports.ts";
import { describeFailure } from "./describe-failure.ts";
import type { UsableKey } from "./usable-key.ts";

/**
 * Number of missing keys whose earlier presence is remembered; a restart only makes the answer less
 * exact.
 */
const REMEMBERED_KEYS = 1000;

export type KeyReader = {
  /** A fresh Get. */
  read(usable: UsableKey): Promise<Outcome<KeyFacts>>;
  /** A fresh Get whose answer allows to use the key now; `kid` is the version to use. */
  readUsable(usable: UsableKey): Promise<Outcome<KeyFacts>>;
  /** Finds the cause where the vault's answer leaves it open, and adds the order's names to it. */
  explain(usable: UsableKey, failure: Failure): Promise<Failure>;
};

/** To call the vault of a key. */
export type VaultAccess = { readonly vaults: KeyVaults; readonly reader: KeyReader };

export function createKeyReader(deps: {
  readonly vaults: KeyVaults;
  readonly resources: ResourceReader;
  readonly now: Clock;
}): KeyReader {
  const missedSinceMs = new LeastRecentlyUsed<string, number>(REMEMBERED_KEYS);

  async function explain(usable: UsableKey, failure: Failure): Promise<Failure> {
    let explained = failure;
    if (mayBeMissing(failure)) explained = await explainMissingVault(usable, failure);
    else if (failure.code === "SsemUserErrorKeyDetailsNotFound")
      explained = await explainMissingKey(usable, failure);
    return describeFailure(explained, usable);
  }

  async function explainMissingVault(usable: UsableKey, failure: Failure): Promise<Failure> {
    const id = usable.vaultResourceId;
    const subscriptionId = id?.split("/")[2];
    if (id === undefined || subscriptionId === undefined) return failure;
    const [vault, deleted] = await Promise.all([
      deps.resources.vault(id),
      deps.resources.deletedVault(subscriptionId, usable.location, usable.key.vaultName),
    ]);
    return decideMissingVault(failure, { vault, deleted });
  }

  async function explainMissingKey(
    { identity, key }: UsableKey,
    failure: Failure,
  ): Promise<Failure> {
    const { version, ...newest } = key;
    const [deleted, other] = await Promise.all([
      deps.vaults.getDeletedKey(identity, key),
      version === undefined ? undefined : deps.vaults.getKey(identity, newest),
    ]);
    const missedSince =
      version === undefined ? undefined : missedSinceMs.getOr(kidOf(key, version), deps.now);
    return decideMissingKey(failure, {
      deleted,
      otherVersion: other?.ok,
      missedSinceMs: missedSince,
      nowMs: deps.now(),
    });
  }

  async function read(usable: UsableKey): Promise<Outcome<KeyFacts>> {
    const key = await deps.vaults.getKey(usable.identity, usable.key);
    if (!key.ok) return failed(await explain(usable, key.failure));
    missedSinceMs.delete(key.value.kid);
    return key;
  }

  async function readUsable(usable: UsableKey): Promise<Outcome<KeyFacts>> {
    const key = await read(usable);
    if (!key.ok) return key;
    const failure = decideKeyUse(key.value, deps.now());
    return failure === undefined ? key : failed(describeFailure(failure, usable));
  }

  return { read, readUsable, explain };
}

/**
 * Whether a failure looks like a missing vault: its name is unknown, or another service answers or
 * hangs up at its name while it is soft-deleted (undocumented).
 */
function mayBeMissing({ code, reason, vaultNameUnknown }: Failure): boolean {
  if (code === "KeyVaultUnexpectedAnswer" || vaultNameUnknown === true) return true;
  return code === "KeyVaultUnreachable" && (reason === "connection" || reason === "server-error");
}
