import { ArmError } from "./arm-error.ts";

/** Published api-versions of the emulated services, oldest first. */
export const PROVIDERS = {
  "Microsoft.KeyVault": {
    types: [
      "vaults",
      "vaults/accessPolicies",
      "vaults/keys",
      "vaults/keys/versions",
      "deletedVaults",
      "locations/deletedVaults",
      "checkNameAvailability",
      "managedHSMs",
    ],
    apiVersions: [
      "2015-06-01",
      "2016-10-01",
      "2018-02-14",
      "2019-09-01",
      "2021-10-01",
      "2022-07-01",
      "2022-11-01",
      "2023-02-01",
      "2023-07-01",
      "2024-11-01",
      "2025-05-01",
      "2026-02-01",
    ],
  },
  "Microsoft.ManagedIdentity": {
    types: ["userAssignedIdentities", "userAssignedIdentities/federatedIdentityCredentials"],
    apiVersions: ["2018-11-30", "2023-01-31", "2024-11-30"],
  },
  "Microsoft.Authorization": {
    types: ["roleAssignments", "roleDefinitions"],
    apiVersions: ["2015-07-01", "2018-01-01-preview", "2020-04-01-preview", "2022-04-01"],
  },
  "Microsoft.Storage": {
    types: ["storageAccounts", "checkNameAvailability"],
    apiVersions: ["2015-06-15", "2019-06-01", "2021-09-01", "2023-01-01", "2024-01-01"],
  },
  "Microsoft.Resources": {
    types: ["subscriptions", "resourceGroups", "tenants"],
    apiVersions: ["2014-04-01", "2015-11-01", "2019-11-01", "2021-04-01", "2022-12-01"],
  },
} as const;

export type ProviderNamespace = keyof typeof PROVIDERS;

export function findProvider(namespace: string): ProviderNamespace | undefined {
  return PROVIDER_NAMES.find((name) => name.toLowerCase() === namespace.toLowerCase());
}

export const PROVIDER_NAMES = Object.keys(PROVIDERS).filter((name): name is ProviderNamespace =>
  Object.hasOwn(PROVIDERS, name),
);

const WELL_FORMED = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(-[a-z]+)?$/;

/**
 * Accepts every well-formed version from the oldest published one on, newer ones too: foreign
 * clients pin versions that no list here could keep up with.
 *
 * @throws ArmError MissingApiVersionParameter or InvalidApiVersionParameter, 400.
 */
export function requireApiVersion(
  query: ReadonlyMap<string, string>,
  namespace: ProviderNamespace,
): string {
  const version = query.get("api-version");
  if (!version)
    throw new ArmError(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
      { "x-ms-failure-cause": "gateway" },
    );
  const { apiVersions } = PROVIDERS[namespace];
  if (WELL_FORMED.test(version) && version >= apiVersions[0]) return version;
  throw new ArmError(
    400,
    "InvalidApiVersionParameter",
    `The api-version '${version}' is invalid. The supported versions are '${apiVersions.toReversed().join(",")}'.`,
    { "x-ms-failure-cause": "gateway" },
  );
}
