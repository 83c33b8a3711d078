import { failed } from "../core/failed.ts";
import { isFresh } from "../core/is-fresh.ts";
import { decideKeyUse } from "../core/key-rules.ts";
import { kidOf } from "../core/key-url.ts";
import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import { decideMissingKey, decideMissingVault } from "../core/missing-key.ts";
import type { EpochMs, KeyIdentity, KeyUrl } from "../core/order.ts";
import type {
  Clock,
  Failure,
  KeyFacts,
  KeyVaults,
  Outcome,
  ResourceReader,
} from "../core/ports.ts";
import { suspendSlot } from "../load/admission.ts";
import { describeFailure } from "./describe-failure.ts";
import type { UsableKey } from "./usable-key.ts";

/**
 * Number of missing keys whose earlier presence is remembered; a restart only makes the answer less
 * exact.
 */
const MISSED_KEYS = 1000;
const KNOWN_KEYS = 10_000;

/**
 * The answer to a Get of a key version. It is the same for every identity; whether another identity
 * may use the key shows its own unwrap, whether it may read it, its own next Get.
 */
export type KnownKey = {
  readonly facts: KeyFacts;
  readonly reader: KeyIdentity;
  /** When the Get began. */
  readonly atMs: EpochMs;
};

export type KeyReader = {
  /** A fresh Get. */
  read(usable: UsableKey): Promise<Outcome<KeyFacts>>;
  /**
   * A Get whose answer allows to use the key now; `kid` is the version to use.
   *
   * @param isEnough - whether an earlier Get of this version will do; absent: none does
   */
  readUsable(
    usable: UsableKey,
    isEnough?: (known: KnownKey) => boolean,
  ): Promise<Outcome<KeyFacts>>;
  /**
   * Like `readUsable`, before an unwrap: an earlier Get will do for `KEY_FACTS_SECONDS`
   * (docs/design/decisions/0021).
   */
  readForUnwrap(usable: UsableKey): Promise<Outcome<KeyFacts>>;
  /** Finds the cause where the vault's answer leaves it open, and adds the order's names to it. */
  explain(usable: UsableKey, failure: Failure): Promise<Failure>;
};

/** To call the vault of a key. */
export type VaultAccess = { readonly vaults: KeyVaults; readonly reader: KeyReader };

export function createKeyReader(deps: {
  readonly vaults: KeyVaults;
  readonly resources: ResourceReader;
  readonly now: Clock;
  /** How old the Get before an unwrap may be; 0: each has its own. */
  readonly knownForMs: number;
}): KeyReader {
  const missedSinceMs = new LeastRecentlyUsed<string, number>(MISSED_KEYS);
  const known = new LeastRecentlyUsed<string, KnownKey>(KNOWN_KEYS);
  const pending = new Map<string, { readonly atMs: EpochMs; got: Promise<Outcome<KeyFacts>> }>();

  async function explain(usable: UsableKey, failure: Failure): Promise<Failure> {
    known.delete(nameOf(usable.key));
    let explained = failure;
    if (mayBeMissing(failure)) explained = await explainMissingVault(usable, failure);
    else if (failure.code === "SsemUserErrorKeyDetailsNotFound")
      explained = await explainMissingKey(usable, failure);
    return describeFailure(explained, usable);
  }

  async function explainMissingVault(usable: UsableKey, failure: Failure): Promise<Failure> {
    const id = usable.vaultResourceId;
    const subscriptionId = id?.split("/")[2];
    const { identity, location, key } = usable;
    if (id === undefined || subscriptionId === undefined || identity.kind === "broker")
      return failure;
    const { tenantId } = identity;
    const [vault, deleted] = await Promise.all([
      deps.resources.vault(id, tenantId),
      deps.resources.deletedVault(subscriptionId, location, key.vaultName, tenantId),
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

  const isRecent = ({ atMs }: Pick<KnownKey, "atMs">) => isFresh(deps.now(), atMs, deps.knownForMs);

  async function getKey({ identity, key }: UsableKey): Promise<Outcome<KeyFacts>> {
    const atMs = deps.now();
    const got = await deps.vaults.getKey(identity, key);
    if (!got.ok) return got;
    const { kid } = got.value;
    missedSinceMs.delete(kid);
    known.set(kid, { facts: got.value, reader: identity, atMs });
    return got;
  }

  /** Simultaneous ones share one Get, as far as its failure is the vault's and no identity's. */
  async function getTogether(usable: UsableKey): Promise<Outcome<KeyFacts>> {
    const name = nameOf(usable.key);
    const begun = pending.get(name);
    if (begun === undefined || !isRecent(begun)) {
      const own = { atMs: deps.now(), got: getKey(usable) };
      pending.set(name, own);
      return own.got.finally(() => {
        if (pending.get(name) === own) pending.delete(name);
      });
    }
    const got = await suspendSlot("vault", () => begun.got);
    if (got.ok) return got;
    // The vault's log has its request under the identity that made it.
    const { vaultRequestId: _of, ...failure } = got.failure;
    return OF_THE_VAULT.has(failure.code) ? failed(failure) : getKey(usable);
  }

  async function read(usable: UsableKey, get = getKey): Promise<Outcome<KeyFacts>> {
    const key = await get(usable);
    return key.ok ? key : failed(await explain(usable, key.failure));
  }

  async function readUsable(
    usable: UsableKey,
    isEnough: (earlier: KnownKey) => boolean = () => false,
    get = getKey,
  ): Promise<Outcome<KeyFacts>> {
    const earlier = known.get(nameOf(usable.key));
    if (earlier !== undefined && isEnough(earlier)) {
      const { facts } = earlier;
      if (decideKeyUse(facts, deps.now()) === undefined) return { ok: true, value: facts };
    }
    const key = await read(usable, get);
    if (!key.ok) return key;
    const failure = decideKeyUse(key.value, deps.now());
    return failure === undefined ? key : failed(describeFailure(failure, usable));
  }

  const readForUnwrap = (usable: UsableKey) => readUsable(usable, isRecent, getTogether);

  return { read, readUsable, readForUnwrap, explain };
}

const nameOf = (key: KeyUrl): string => kidOf(key, key.version ?? "");
/** Failures that every identity would meet. */
const OF_THE_VAULT: ReadonlySet<string> = new Set(["KeyVaultUnreachable", "KeyVaultThrottled"]);

/**
 * Whether a failure looks like a missing vault: its name is unknown, or another service answers or
 * hangs up at its name while it is soft-deleted (undocumented).
 */
function mayBeMissing({ code, reason, vaultNameUnknown }: Failure): boolean {
  if (code === "KeyVaultUnexpectedAnswer" || vaultNameUnknown === true) return true;
  return code === "KeyVaultUnreachable" && (reason === "connection" || reason === "server-error");
}
