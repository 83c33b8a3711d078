/**
 * The differences between api-versions on the wire. `preview` versions behave as the stable one
 * after them.
 */
type ApiVersionRow = {
  /** GET without `$expand=details`: no `details` at all, or the customer's own part of them. */
  readonly details: "on-expand" | "partial";
  readonly systemData: boolean;
  /** Items of a list have the customer's own part of the details. */
  readonly detailedLists: boolean;
  /** Whether reverse shipping can still be changed. */
  readonly reverseShipping: boolean;
  /** `sku.model`, `allDevicesLost`, `capacity.individualSkuUsable`. */
  readonly models: boolean;
  /** `isDataAction` in the list of operations: known of 2022-12-01. */
  readonly dataActions: boolean;
  readonly transferTypeRequired: boolean;
  /** Accounts are called destinations: `destinationAccountDetails`, `dataDestinationType`. */
  readonly destinations: boolean;
  /** `deviceErasureDetails.secureErasureCertificateSasKey`. */
  readonly secureErasure: boolean;
};

const row2018: ApiVersionRow = {
  details: "on-expand",
  systemData: false,
  detailedLists: false,
  reverseShipping: false,
  models: false,
  dataActions: false,
  transferTypeRequired: false,
  destinations: true,
  secureErasure: false,
};
const row2020: ApiVersionRow = {
  ...row2018,
  transferTypeRequired: true,
  destinations: false,
};
const row2021: ApiVersionRow = { ...row2020, details: "partial", systemData: true };
const row2022: ApiVersionRow = {
  ...row2021,
  detailedLists: true,
  reverseShipping: true,
  dataActions: true,
};
const row2024: ApiVersionRow = { ...row2022, models: true };

/** Every published version of Microsoft.DataBox from 2018-01-01 to 2025-07-01. */
export const API_VERSIONS = {
  "2018-01-01": row2018,
  "2019-09-01": row2018,
  "2020-04-01": row2020,
  "2020-11-01": row2020,
  "2021-03-01": row2021,
  "2021-05-01": row2021,
  "2021-08-01-preview": row2021,
  "2021-12-01": row2021,
  "2022-02-01": row2021,
  "2022-09-01": row2021,
  "2022-10-01": row2021,
  "2022-12-01": row2022,
  "2023-03-01": row2022,
  "2023-12-01": row2022,
  "2024-02-01-preview": row2024,
  "2024-03-01-preview": row2024,
  "2025-02-01": row2024,
  "2025-07-01": { ...row2024, secureErasure: true },
} as const satisfies Record<string, ApiVersionRow>;

export type ApiVersion = keyof typeof API_VERSIONS;

export function isApiVersion(value: string): value is ApiVersion {
  return Object.hasOwn(API_VERSIONS, value);
}

export function apiVersionTraits(version: ApiVersion): ApiVersionRow {
  return API_VERSIONS[version];
}
