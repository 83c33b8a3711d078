import type { AppendAudit } from "../audit/append-audit.ts";
import type { KeyUrl } from "../core/order.ts";
import type { Clock, KeyVaults, ResourceReader } from "../core/ports.ts";
import type { Commit } from "../store/group-commit.ts";
import type { Store } from "../store/store.ts";

export type CustodyDependencies = {
  readonly store: Store;
  readonly vaults: KeyVaults;
  readonly resources: ResourceReader;
  readonly appendAudit: AppendAudit;
  readonly now: Clock;
  /** The service's own key (MMK). Without version: the newest at the time of wrapping. */
  readonly serviceKey: KeyUrl;
  /** How long nobody with authority must have answered for a key before a backup stands in by itself. */
  readonly backupAfterSeconds: number;
  /** Hosts that may be dialled (config KEY_VAULT_SUFFIXES). */
  readonly keyVaultSuffixes: readonly string[];
  /** For many changes at once, which share durable commits; absent: each has its own. */
  readonly commit?: Commit;
};
