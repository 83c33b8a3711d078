import { type Cloud, regionOf } from "@databox-cmk/errors";
import type {
  RegionConfigurationRequest,
  RegionConfigurationResponse,
} from "@databox-cmk/protocol";

import { DAY_MS } from "./day.ts";
import type { EpochMs } from "./order.ts";

/**
 * A scheduled delivery is at least this many days ahead; the offer covers the same number of days.
 */
const LEAD_DAYS = 14;
const OFFERED_DAYS = 30;

/**
 * The options of a region: delivery dates (working days), who may ship, and where to send an
 * appliance.
 */
export function regionConfiguration(
  request: RegionConfigurationRequest,
  cloud: Cloud,
  nowMs: EpochMs,
): RegionConfigurationResponse {
  const { datacenterAddressRequest, scheduleAvailabilityRequest } = request;
  return {
    scheduleAvailabilityResponse:
      scheduleAvailabilityRequest === undefined
        ? undefined
        : {
            availableDates:
              regionOf(scheduleAvailabilityRequest.storageLocation, cloud) === undefined
                ? []
                : workingDays(nowMs),
          },
    transportAvailabilityResponse:
      request.transportAvailabilityRequest === undefined
        ? undefined
        : {
            transportAvailabilityDetails: [
              { shipmentType: "MicrosoftManaged" },
              { shipmentType: "CustomerManaged" },
            ],
          },
    datacenterAddressResponse:
      datacenterAddressRequest === undefined
        ? undefined
        : datacenterAddress(datacenterAddressRequest.storageLocation, cloud),
    deviceCapabilityResponse:
      request.deviceCapabilityRequest === undefined
        ? undefined
        : {
            deviceCapabilityDetails: [{ hardwareEncryption: "Disabled" }],
          },
  };
}

/**
 * An instruction instead of a street, since this system has no loading docks. Microsoft publishes
 * no list of carriers for a region, so the answer names none: the operator tells who may deliver.
 */
function datacenterAddress(
  storageLocation: string,
  cloud: Cloud,
): Readonly<Record<string, unknown>> {
  const region = regionOf(storageLocation, cloud);
  return {
    datacenterAddressType: "DatacenterAddressInstruction",
    supportedCarriersForReturnShipment: [],
    dataCenterAzureLocation: region === undefined ? undefined : storageLocation,
    communicationInstruction:
      region === undefined
        ? `The region ${storageLocation} does not accept appliances.`
        : `Ask the operator of the datacenter in ${region.displayName} for the dock, the carriers and the time of delivery.`,
  };
}

function workingDays(nowMs: EpochMs): string[] {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return Array.from({ length: OFFERED_DAYS }, (_, day) => today + (LEAD_DAYS + day) * DAY_MS)
    .filter((dayMs) => {
      const weekday = new Date(dayMs).getUTCDay();
      return weekday !== 0 && weekday !== 6;
    })
    .map((dayMs) => new Date(dayMs).toISOString());
}
