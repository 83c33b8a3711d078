import type { Custody } from "@databox-cmk/protocol";

import type { AppendAudit } from "../audit/append-audit.ts";
import type { OrderId } from "../core/order.ts";
import type { Clock, ResourceReader } from "../core/ports.ts";
import type { Store } from "../store/store.ts";
import type { Commit } from "../store/transactions.ts";
import type { VaultAccess } from "./key-reader.ts";
import type { KnownKeys } from "./usable-key.ts";

export type CustodyDependencies = VaultAccess &
  KnownKeys & {
    /** Whether the order's new envelopes hold a share (split custody) or a passkey (escrow). */
    readonly custodyOf: (order: OrderId) => Promise<Pick<Custody, "kind">>;
    readonly store: Store;
    readonly resources: ResourceReader;
    readonly appendAudit: AppendAudit;
    readonly now: Clock;
    /**
     * How long a key must be without an authoritative answer before a backup replaces it
     * automatically.
     */
    readonly backupAfterSeconds: number;
    /** For many changes that share durable commits; absent: each change has its own commit. */
    readonly commit?: Commit;
  };
