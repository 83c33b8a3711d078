import type { Custody } from "@databox-cmk/protocol";

import type { AppendAudit } from "../audit/append-audit.ts";
import type { KeyChoice, OrderId } from "../core/order.ts";
import type { Clock, KeySubject, Outcome, ResourceReader } from "../core/ports.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import type { Commit } from "../store/transactions.ts";
import type { VaultAccess } from "./key-reader.ts";
import type { KnownKeys } from "./usable-key.ts";

/** Learns whether an order's key works from every use, preflight and change of it. */
export type KeyListener = {
  used(order: OrderId, outcome: Outcome<unknown>): void;
  validated(subject: KeySubject, candidate: KeyChoice, outcome: Outcome<unknown>): void;
  /** Runs in the transaction of the change. */
  changing(transaction: StoreTransaction, order: OrderId, choice: KeyChoice): Promise<void>;
  changed(order: OrderId, choice: KeyChoice): Promise<void>;
};

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
    /** Lets many changes share durable commits; absent: each change has its own commit. */
    readonly commit?: Commit;
    /** Absent: nothing listens. */
    readonly listener?: KeyListener;
  };
