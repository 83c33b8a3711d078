import type { StageName, StageStatus, TransferType } from "@databox-cmk/protocol";
import type { Selectable } from "kysely";

import type { JobDetails } from "../core/job-details.ts";
import type { Lifecycle } from "../core/lifecycle.ts";
import type { OrderState } from "../core/order-state.ts";
import type {
  AttachedIdentity,
  EpochMs,
  KeyChoice,
  OrderId,
  OrderName,
  SkuName,
} from "../core/order.ts";
import { fromJson } from "../store/json-column.ts";
import type { BrokerTables } from "../store/schema.ts";

export type StageEntry = {
  readonly stage: StageName;
  readonly status: StageStatus;
  readonly enteredAtMs: EpochMs;
};

export type Order = {
  readonly id: OrderId;
  /** The name as it was written at creation; `id` is the lower-case form. */
  readonly name: OrderName;
  readonly location: string;
  readonly skuName: SkuName;
  readonly transferType: TransferType;
  readonly tags: Readonly<Record<string, string>>;
  readonly details: JobDetails;
  readonly state: OrderState;
  readonly stage: StageName;
  readonly stageStatus: StageStatus;
  readonly stages: readonly StageEntry[];
  readonly cancellationReason?: string | undefined;
  readonly identities: readonly AttachedIdentity[];
  readonly identityEpoch: number;
  readonly key: KeyChoice;
  readonly revision: number;
  readonly createdAtMs: EpochMs;
  readonly createdBy: string;
  readonly updatedAtMs: EpochMs;
  readonly updatedBy: string;
};

export function lifecycleOf(
  order: Pick<Order, "transferType" | "stage" | "stageStatus" | "state">,
): Lifecycle {
  return {
    transferType: order.transferType,
    stage: order.stage,
    stageStatus: order.stageStatus,
    prepared: order.state.prepared,
    erased: order.state.erasureReceipt !== undefined,
  };
}

/** The same of the stored columns. */
export const lifecycleOfRow = (
  row: Pick<
    Selectable<BrokerTables["orders"]>,
    "transfer_type" | "stage" | "stage_status" | "state_json"
  >,
): Lifecycle =>
  lifecycleOf({
    transferType: row.transfer_type,
    stage: row.stage,
    stageStatus: row.stage_status,
    state: fromJson(row.state_json),
  });

/** Changes with every write, and differs for an order that was deleted and created again. */
export function entityTagOf(order: Pick<Order, "createdAtMs" | "revision">): string {
  return `"${order.createdAtMs.toString(16)}-${String(order.revision)}"`;
}
