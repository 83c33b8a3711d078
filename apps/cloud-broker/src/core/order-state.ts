import type { CloudError, CustomerResolution, JobSku } from "@databox-cmk/protocol";

import type { EpochMs } from "./order.ts";

/** The change that a long-running operation makes to an order. */
export type OperationKind = "create" | "update" | "delete";

export type PackageDetails = { readonly carrierName: string; readonly trackingId: string };

/** The data that the lifecycle adds to the customer's own. */
export type OrderState = {
  readonly sku: Omit<JobSku, "name">;
  /** The region in the letter case in which the customer wrote it; older orders have none. */
  readonly writtenLocation?: string | undefined;
  /** ISO time of a scheduled delivery. */
  readonly scheduledDateTime?: string | undefined;
  readonly ownPasskey: boolean;
  readonly prepared: boolean;
  readonly error?: CloudError | undefined;
  readonly actions?: readonly CustomerResolution[] | undefined;
  readonly lastMitigation?:
    | {
        readonly atMs: EpochMs;
        readonly resolution: CustomerResolution;
      }
    | undefined;
  readonly pickUp?: { readonly confirmationNumber: string; readonly readyByTime: string };
  readonly deliverToDcPackage?: PackageDetails;
  readonly returnToCustomerPackage?: PackageDetails;
  /** The certificate of erasure, a compact JWS of the broker; only an erased order has one. */
  readonly erasureReceipt?: string;
};
