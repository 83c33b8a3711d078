import { CLOUDS } from "@databox-cmk/errors";
import type { ValidationItem } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { regionConfiguration } from "./region-configuration.ts";
import { validateInputs } from "./validate-inputs.ts";

const address = (country: string, postalCode: string): ValidationItem => ({
  validationType: "ValidateAddress",
  deviceType: "DataBox",
  shippingAddress: { streetAddress1: "1 Way", city: "Redmond", country, postalCode },
});
const availability = (
  deviceType: "DataBox" | "DataBoxDisk",
  country: string,
  location: string,
): ValidationItem => ({
  validationType: "ValidateSkuAvailability",
  deviceType,
  transferType: "ImportToAzure",
  country,
  location,
});

test.each<[string, ValidationItem, "AllValidToProceed" | "InputsRevisitRequired"]>([
  ["an American postal code", address("US", "98052"), "AllValidToProceed"],
  ["a short American postal code", address("us", "9805"), "InputsRevisitRequired"],
  ["a British postal code", address("GB", "SW1A 1AA"), "AllValidToProceed"],
  ["a country whose codes are not known", address("IS", "anything"), "AllValidToProceed"],
  [
    "a Data Box within the boundary",
    availability("DataBox", "FR", "West Europe"),
    "AllValidToProceed",
  ],
  [
    "a Data Box across boundaries",
    availability("DataBox", "FR", "westus"),
    "InputsRevisitRequired",
  ],
  ["another cloud's region", availability("DataBox", "CN", "chinaeast"), "InputsRevisitRequired"],
  ["a region that takes none", availability("DataBox", "US", "nowhere"), "InputsRevisitRequired"],
  ["a disk", availability("DataBoxDisk", "US", "westus"), "InputsRevisitRequired"],
  [
    "an import without accounts",
    {
      validationType: "ValidateDataTransferDetails",
      deviceType: "DataBox",
      transferType: "ImportToAzure",
    },
    "InputsRevisitRequired",
  ],
  [
    "destinations, as accounts were called to 2019-09-01",
    {
      validationType: "ValidateDataDestinationDetails",
      location: "westus",
      destinationAccountDetails: [
        { dataDestinationType: "StorageAccount", storageAccountId: "account" },
      ],
    },
    "AllValidToProceed",
  ],
  [
    "no destinations",
    {
      validationType: "ValidateDataDestinationDetails",
      location: "westus",
      destinationAccountDetails: [],
    },
    "InputsRevisitRequired",
  ],
  [
    "hardware encryption of a Data Box",
    {
      validationType: "ValidatePreferences",
      deviceType: "DataBox",
      preference: { encryptionPreferences: { hardwareEncryption: "Enabled" } },
    },
    "InputsRevisitRequired",
  ],
  [
    "a subscription",
    { validationType: "ValidateSubscriptionIsAllowedToCreateJob" },
    "AllValidToProceed",
  ],
])("%s", (_name, item, status) => {
  const { individualResponseDetails, ...result } = validateInputs([item], CLOUDS.AzureCloud);
  expect(result.status).toBe(status);
  expect(individualResponseDetails).toHaveLength(1);
  expect(individualResponseDetails[0]?.error?.code).toBe(
    status === "AllValidToProceed" ? "Success" : "InvalidRequestContent",
  );
});

describe("region configuration", () => {
  const nowMs = Date.parse("2026-01-02T23:59:59Z");

  test("offers working days from two weeks ahead", () => {
    const { scheduleAvailabilityResponse } = regionConfiguration(
      { scheduleAvailabilityRequest: { skuName: "DataBox", storageLocation: "westus" } },
      CLOUDS.AzureCloud,
      nowMs,
    );
    const dates = scheduleAvailabilityResponse?.availableDates ?? [];
    expect(dates[0]).toBe("2026-01-16T00:00:00.000Z");
    for (const date of dates) expect([0, 6]).not.toContain(new Date(date).getUTCDay());
  });

  test("names the region whose operator tells the dock", () => {
    const { datacenterAddressResponse } = regionConfiguration(
      { datacenterAddressRequest: { skuName: "DataBox", storageLocation: "westus3" } },
      CLOUDS.AzureCloud,
      nowMs,
    );
    expect(datacenterAddressResponse?.["communicationInstruction"]).toBe(
      "Ask the operator of the datacenter in West US 3 for the dock, the carriers and the time of delivery.",
    );
  });

  test.each(["nowhere", "chinaeast"])(
    "answers only the requested parts, and offers no choice in %s",
    (storageLocation) => {
      expect(
        regionConfiguration(
          { scheduleAvailabilityRequest: { skuName: "DataBox", storageLocation } },
          CLOUDS.AzureCloud,
          nowMs,
        ),
      ).toEqual({ scheduleAvailabilityResponse: { availableDates: [] } });
    },
  );
});
