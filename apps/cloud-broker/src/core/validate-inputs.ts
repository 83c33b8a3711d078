import type { Cloud } from "@databox-cmk/errors";
import type {
  AddressValidation,
  CloudError,
  ValidatedItem,
  ValidationItem,
} from "@databox-cmk/protocol";

import { unavailability } from "./data/regions.ts";
import { disabledMessageOf } from "./data/skus.ts";

/** Postal codes by country, where the form is simple enough to say no with certainty. */
const POSTAL_CODES: Readonly<Record<string, RegExp>> = {
  US: /^\d{5}(?:-\d{4})?$/,
  CA: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/i,
  DE: /^\d{5}$/,
  FR: /^\d{5}$/,
  NL: /^\d{4} ?[A-Z]{2}$/i,
  AU: /^\d{4}$/,
  JP: /^\d{3}-?\d{4}$/,
  GB: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i,
};

export type ValidationStatus =
  | "AllValidToProceed"
  | "InputsRevisitRequired"
  | "CertainInputValidationsSkipped";

/** Answers every item by itself, as Data Box does before an order is placed. */
export function validateInputs(
  items: readonly ValidationItem[],
  cloud: Cloud,
): {
  readonly status: ValidationStatus;
  readonly individualResponseDetails: ValidatedItem[];
} {
  const individualResponseDetails = items.map((item) => validateItem(item, cloud));
  const isInvalid = individualResponseDetails.some(
    (item) => item.status === "Invalid" || item.validationStatus === "Invalid",
  );
  return {
    status: isInvalid ? "InputsRevisitRequired" : "AllValidToProceed",
    individualResponseDetails,
  };
}

export function validateAddress({ shippingAddress }: AddressValidation): ValidatedItem {
  const { country, postalCode, city, skipAddressValidation } = shippingAddress;
  const pattern = POSTAL_CODES[country.toUpperCase()];
  const isValid =
    skipAddressValidation === true || pattern === undefined || pattern.test(postalCode ?? "");
  return {
    validationType: "ValidateAddress",
    error: isValid
      ? success("ShippingAddress")
      : failure("ShippingAddress", `postalCode: not a postal code of ${country.toUpperCase()}`),
    validationStatus: isValid ? "Valid" : "Invalid",
    alternateAddresses:
      isValid && city !== undefined ? [{ ...shippingAddress, city: city.toUpperCase() }] : [],
  };
}

function validateItem(item: ValidationItem, cloud: Cloud): ValidatedItem {
  switch (item.validationType) {
    case "ValidateAddress":
      return validateAddress(item);
    case "ValidateSubscriptionIsAllowedToCreateJob":
    case "ValidateCreateOrderLimit":
      return valid(item.validationType);
    case "ValidatePreferences":
      return item.preference?.encryptionPreferences?.hardwareEncryption === "Enabled"
        ? invalid(item.validationType, "hardwareEncryption: only for disks")
        : valid(item.validationType);
    case "ValidateSkuAvailability": {
      const disabled = disabledMessageOf(item.deviceType);
      const reason = unavailability(item.location, item.country, cloud);
      if (disabled !== undefined) return invalid(item.validationType, disabled);
      return reason === undefined
        ? valid(item.validationType)
        : invalid(item.validationType, `not offered for this ${reason.toLowerCase()}`);
    }
    case "ValidateDataDestinationDetails":
      return validateAccounts(item.validationType, item.destinationAccountDetails);
    case "ValidateDataTransferDetails":
      return validateAccounts(
        item.validationType,
        item.transferType === "ImportToAzure" ? item.dataImportDetails : item.dataExportDetails,
      );
  }
}

function validateAccounts(
  validationType: string,
  accounts: readonly unknown[] = [],
): ValidatedItem {
  return accounts.length === 0
    ? invalid(validationType, "expected at least one storage account")
    : valid(validationType);
}

function valid(validationType: string): ValidatedItem {
  return { validationType, status: "Valid", error: success(validationType) };
}

function invalid(validationType: string, message: string): ValidatedItem {
  return { validationType, status: "Invalid", error: failure(validationType, message) };
}

/** Data Box also fills the error of a valid input. */
function success(target: string): CloudError {
  return { additionalInfo: [], code: "Success", message: "Valid", target, details: [] };
}

function failure(target: string, message: string): CloudError {
  return { additionalInfo: [], code: "InvalidRequestContent", message, target, details: [] };
}
