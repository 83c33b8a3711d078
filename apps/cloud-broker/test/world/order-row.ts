import type { Insertable } from "kysely";

import type { JobDetails } from "../../src/core/job-details.ts";
import { orderIdOf } from "../../src/core/order.ts";
import { toJson } from "../../src/store/json-column.ts";
import type { BrokerTables } from "../../src/store/schema.ts";

type OrderRow = Insertable<BrokerTables["orders"]>;

const NO_DETAILS: JobDetails = {
  contactDetails: { contactName: "", phone: "", emailList: [] },
  dataImportDetails: [],
  dataExportDetails: [],
  preferences: {},
};

/** A row of `orders` that no API call wrote. It has neither a key nor nodes. */
export function orderRow(
  order: Parameters<typeof orderIdOf>[0],
  nowMs: number,
  given: Partial<OrderRow> = {},
): OrderRow {
  return {
    id: orderIdOf(order),
    subscription_id: order.subscriptionId,
    resource_group: order.resourceGroup,
    name: order.name,
    location: "westus",
    sku: "DataBox",
    transfer_type: "ImportToAzure",
    tags_json: toJson({}),
    details_json: toJson(NO_DETAILS),
    state_json: toJson({ sku: {}, ownPasskey: false, prepared: false }),
    stage: "Delivered",
    stage_status: "Succeeded",
    cancellation_reason: null,
    identity_epoch: 0,
    revision: 1,
    created_at_ms: nowMs,
    created_by: "test",
    updated_at_ms: nowMs,
    updated_by: "test",
    ...given,
  };
}
