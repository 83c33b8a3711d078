import {
  type ApiVersion,
  apiVersionTraits,
  type JobDetailsView,
  type JobResource,
  type ResourceIdentityView,
} from "@databox-cmk/protocol";

import { identityTypeOf } from "../../core/patch-identity.ts";
import { isAddressEditable, stageRules } from "../../core/stages.ts";
import { NO_TIME, renderTime, renderWrittenTime } from "../../core/wire-time.ts";
import type { Order } from "../../orders/order.ts";
import type { ListedOrder } from "../../orders/read-order.ts";
import type { OrderVerdict } from "../../release/verdict/read-verdicts.ts";
import { resourceIdOf } from "./links.ts";
import { renderDestinations, renderJobDetails, renderPartialDetails } from "./render-details.ts";
import { renderOrderError } from "./render-verdict.ts";

export type JobView = {
  readonly armUrl: string;
  readonly apiVersion: ApiVersion;
  /** `$expand=details`. */
  readonly expand: boolean;
  readonly verdict: OrderVerdict | undefined;
};

/** An order in its wire format, with the details that the api-version and `$expand` ask for. */
export function renderJob(order: Order, view: JobView): JobResource {
  const { apiVersion, expand, verdict } = view;
  const traits = apiVersionTraits(apiVersion);
  if (expand)
    return renderListedJob(order, apiVersion, verdict, {
      ...renderJobDetails(order, view),
      ...(traits.destinations && renderDestinations(order)),
    });
  return traits.details === "partial"
    ? renderListedJob(order, apiVersion, verdict, renderPartialDetails(order))
    : renderListedJob(order, apiVersion, verdict);
}

/** Items of a list have the details that their api-version shows. Members in Azure's order. */
export function renderListedJob(
  order: ListedOrder,
  apiVersion: ApiVersion,
  verdict: OrderVerdict | undefined,
  details?: JobDetailsView,
): JobResource {
  const traits = apiVersionTraits(apiVersion);
  const rules = stageRules(order.stage);
  const { error: told, scheduledDateTime, sku, writtenLocation = order.location } = order.state;
  return {
    properties: {
      transferType: order.transferType,
      isCancellable: rules.cancellable,
      isDeletable: rules.deletable,
      isShippingAddressEditable: isAddressEditable(order.stage, order.transferType),
      reverseShippingDetailsUpdate: traits.reverseShipping ? "NotSupported" : undefined,
      reverseTransportPreferenceUpdate: traits.reverseShipping ? "NotSupported" : undefined,
      isPrepareToShipEnabled: rules.prepareToShip,
      status: order.stage,
      startTime: renderTime(order.createdAtMs),
      error: verdict === undefined ? told : renderOrderError(verdict, told),
      details,
      cancellationReason: order.cancellationReason,
      deliveryType: scheduledDateTime === undefined ? "NonScheduled" : "Scheduled",
      deliveryInfo: {
        scheduledDateTime:
          scheduledDateTime === undefined ? NO_TIME : renderWrittenTime(scheduledDateTime),
      },
      isCancellableWithoutFee: rules.cancellable,
      allDevicesLost: traits.models ? false : undefined,
    },
    systemData: traits.systemData ? systemDataOf(order) : undefined,
    location: writtenLocation,
    tags: order.tags,
    sku: {
      name: order.skuName,
      displayName: sku.displayName,
      family: sku.family,
      model: traits.models ? (sku.model ?? order.skuName) : undefined,
    },
    identity: renderIdentity(order.identities),
    name: order.name.name,
    id: resourceIdOf(order),
    type: "Microsoft.DataBox/jobs",
  };
}

function renderIdentity(identities: Order["identities"]): ResourceIdentityView {
  const system = identities.find((identity) => identity.kind === "system");
  const users = identities.filter((identity) => identity.kind === "user");
  return {
    type: identityTypeOf(identities),
    principalId: system?.principalId,
    tenantId: system?.tenantId,
    userAssignedIdentities:
      users.length === 0
        ? undefined
        : Object.fromEntries(
            users.map(({ resourceId, principalId, clientId }) => [
              resourceId,
              { principalId, clientId },
            ]),
          ),
  };
}

function systemDataOf(order: ListedOrder): NonNullable<JobResource["systemData"]> {
  return {
    createdBy: order.createdBy,
    createdByType: creatorTypeOf(order.createdBy),
    createdAt: new Date(order.createdAtMs).toISOString(),
    lastModifiedBy: order.updatedBy,
    lastModifiedByType: creatorTypeOf(order.updatedBy),
    lastModifiedAt: new Date(order.updatedAtMs).toISOString(),
  };
}

/** Sign-in names contain an @; applications are identified by their id. */
function creatorTypeOf(name: string): string {
  return name.includes("@") ? "User" : "Application";
}
