import type { Custody } from "@databox-cmk/protocol";

import type { AppendAudit } from "../audit/append-audit.ts";
import type { KeyUrl, OrderId } from "../core/order.ts";
import type { Clock, KeyVaults, ResourceReader } from "../core/ports.ts";
import type { Commit } from "../store/group-commit.ts";
import type { Store } from "../store/store.ts";

export type CustodyDependencies = {
  /** Whether the order's new envelopes hold a share (split custody) or a passkey (escrow). */
  readonly custodyOf: (order: OrderId) => Promise<Pick<Custody, "kind">>;
  readonly store: Store;
  readonly vaults: KeyVaults;
  readonly resources: ResourceReader;
  readonly appendAudit: AppendAudit;
  readonly now: Clock;
  /** The service's own key (MMK). Without version: the newest at the time of wrapping. */
  readonly serviceKey: KeyUrl;
  /**
   * How long a key must be without an authoritative answer before a backup replaces it
   * automatically.
   */
  readonly backupAfterSeconds: number;
  /** Hosts that may be called (config KEY_VAULT_SUFFIXES). */
  readonly keyVaultSuffixes: readonly string[];
  /** For many changes that share durable commits; absent: each change has its own commit. */
  readonly commit?: Commit;
};
