import type { RateLimit } from "@databox-cmk/http";

import type { UnauthenticatedRows } from "../../audit/unauthenticated-rows.ts";
import type { CustomerOf } from "../../callers/tenants.ts";
import type { RuleSettings } from "../../config/rule-settings.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { NodeFailure, Outcome } from "../../core/ports.ts";
import type { NodeEnvelopes } from "../../custody/key-custody.ts";
import type { BrokerKeys } from "../../keys/broker-keys.ts";
import type { ClockWatch } from "../../observability/clock-watch.ts";
import type { Metrics } from "../../observability/metrics.ts";
import type { NodeCertificate } from "../../orders/erasure.ts";
import type { StoreTransaction } from "../../store/store.ts";
import type { ReleaseDependencies } from "../approvals/release-request.ts";
import type { CountCustomerUnlock } from "../limits/unlock-quota.ts";
import type { FindDevice } from "./device-node.ts";

/** Everything that the device API needs; each function names its own part (`Needs`). */
export type DeviceDependencies = ReleaseDependencies & {
  readonly custody: NodeEnvelopes;
  readonly keys: BrokerKeys;
  readonly findDevice: FindDevice;
  /**
   * Limits one sender together with one device key or serial, so that no sender can use up the
   * limit of a device elsewhere.
   */
  readonly limit: RateLimit;
  /** Limits unproven messages by their address, since their senders choose the ids in them. */
  readonly limitUnproven: RateLimit;
  readonly unauthenticatedRows: Pick<UnauthenticatedRows, "admit">;
  readonly settings: RuleSettings;
  readonly customerOf: CustomerOf;
  readonly countCustomerUnlock: CountCustomerUnlock;
  /** Resolves when there is news of the lease, or after the hold time. */
  readonly waitForNews: (lease: string, holdMs: number) => Promise<void>;
  /**
   * Keeps the message's connection when places for new ones are needed: one for each use of a live
   * lease, the latest.
   */
  readonly keepConnection: (use: `${"watch" | "renewal"} ${string}`) => void;
  /**
   * Called once all nodes of an order are prepared, in the transaction that recorded the last one.
   */
  readonly markPrepared: (
    transaction: StoreTransaction,
    order: OrderId,
    nowMs: number,
  ) => Promise<void>;
  /** Called when the datacenter's appliance was refused its key. */
  readonly haltCopy: (order: OrderId, failed: NodeFailure, correlationId: string) => Promise<void>;
  /** Decides whether a node may be erased, and keeps its certificate. */
  readonly nodeErasure: {
    readonly may: (order: OrderId) => Promise<Outcome<undefined>>;
    /** @returns when the certificate was kept first */
    readonly keep: (node: NodeCertificate) => Promise<Outcome<EpochMs>>;
  };
  readonly clock: Pick<ClockWatch, "isOff">;
  /** Counts the answers, and measures re-locks; absent without metrics. */
  readonly metrics?: Pick<Metrics, "answered" | "beginUnlock" | "relocked">;
};

export type Needs<Name extends keyof DeviceDependencies> = Pick<DeviceDependencies, Name>;
/** Signs an answer, and commits its audit row. */
export type Recording = Needs<"commit" | "keys" | "appendAudit" | "now">;
