import { isSame, type EpochMs } from "../core/model.ts";
import { chooseBehaviour, type UnverifiedChoice } from "../core/unverified.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import { gatewayError } from "./arm-error.ts";

type Provider = {
  readonly types: readonly string[];
  /** Published versions, oldest first. */
  readonly apiVersions: readonly [string, ...string[]];
  /** The versions before `before` are refused from this instant on. */
  readonly retirement?: { readonly before: string; readonly fromMs: EpochMs };
};

/** The version from which a new vault has Azure RBAC unless it says otherwise. */
export const RBAC_BY_DEFAULT_SINCE = "2026-02-01";

/**
 * The emulated services and their api-versions. A provider with a retirement has exactly the
 * versions of its row; the others also accept newer ones, because foreign clients pin versions that
 * no list here could keep up with.
 */
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
    // Key Vault's "What's new" has the stable ones, the template reference the previews.
    apiVersions: [
      "2015-06-01",
      "2016-10-01",
      "2018-02-14-preview",
      "2018-02-14",
      "2019-09-01",
      "2020-04-01-preview",
      "2021-04-01-preview",
      "2021-06-01-preview",
      "2021-10-01",
      "2021-11-01-preview",
      "2022-02-01-preview",
      "2022-07-01",
      "2022-11-01",
      "2023-02-01",
      "2023-07-01",
      "2024-04-01-preview",
      "2024-11-01",
      "2024-12-01-preview",
      "2025-05-01",
      "2026-02-01",
      "2026-03-01-preview",
      "2026-04-01-preview",
    ],
    retirement: { before: "2026-02-01", fromMs: Date.UTC(2027, 1, 27) },
  },
  // Its requests go to the broker, which decides about versions.
  "Microsoft.DataBox": {
    types: [
      "jobs",
      "locations",
      "locations/availableSkus",
      "locations/operationResults",
      "locations/regionConfiguration",
      "locations/validateAddress",
      "locations/validateInputs",
      "operations",
    ],
    apiVersions: [
      "2018-01-01",
      "2019-09-01",
      "2020-04-01",
      "2020-11-01",
      "2021-03-01",
      "2021-05-01",
      "2021-08-01-preview",
      "2021-12-01",
      "2022-02-01",
      "2022-09-01",
      "2022-10-01",
      "2022-12-01",
      "2023-03-01",
      "2023-12-01",
      "2024-02-01-preview",
      "2024-03-01-preview",
      "2025-02-01",
      "2025-07-01",
    ],
  },
  "Microsoft.ManagedIdentity": {
    types: ["userAssignedIdentities", "userAssignedIdentities/federatedIdentityCredentials"],
    apiVersions: ["2018-11-30", "2022-01-31-preview", "2023-01-31", "2024-11-30"],
  },
  "Microsoft.Authorization": {
    types: ["roleAssignments", "roleDefinitions", "locks"],
    apiVersions: [
      "2015-01-01",
      "2015-07-01",
      "2016-09-01",
      "2018-01-01-preview",
      "2020-04-01-preview",
      "2020-05-01",
      "2022-04-01",
    ],
  },
  "Microsoft.Storage": {
    types: ["storageAccounts", "checkNameAvailability"],
    apiVersions: ["2015-06-15", "2019-06-01", "2021-09-01", "2023-01-01", "2024-01-01"],
  },
  "Microsoft.Resources": {
    types: ["subscriptions", "resourceGroups", "tenants", "tags"],
    apiVersions: ["2014-04-01", "2015-11-01", "2019-11-01", "2021-04-01", "2022-12-01"],
  },
} as const satisfies Record<string, Provider>;

export type ProviderNamespace = keyof typeof PROVIDERS;

export function findProvider(namespace: string): ProviderNamespace | undefined {
  return PROVIDER_NAMES.find((name) => isSame(name, namespace));
}

export const PROVIDER_NAMES = Object.keys(PROVIDERS).filter((name): name is ProviderNamespace =>
  Object.hasOwn(PROVIDERS, name),
);

type VersionJudgement = {
  readonly nowMs: EpochMs;
  readonly retired: UnverifiedChoice<"retired-control-plane-versions">;
};

/** When, and whether, versions are judged to have retired. */
export function versionJudgement(
  deps: Pick<EmulatorDependencies, "now" | "settings">,
): VersionJudgement {
  return {
    nowMs: deps.now(),
    retired: chooseBehaviour(deps.settings().unverified)("retired-control-plane-versions"),
  };
}

/** Newest first. Versions that have retired by the emulator's clock are not among them. */
export function supportedVersions(
  namespace: ProviderNamespace,
  { nowMs, retired }: VersionJudgement,
): readonly string[] {
  const { apiVersions, retirement }: Provider = PROVIDERS[namespace];
  const isOver = retirement !== undefined && retired === "refuse" && nowMs >= retirement.fromMs;
  return apiVersions.filter((each) => !isOver || each >= retirement.before).toReversed();
}

const WELL_FORMED = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(-[a-z]+)?$/;

/**
 * Reads the `api-version` of a request.
 *
 * @param type - the resource type that the request is for, without its namespace.
 * @throws ArmError MissingApiVersionParameter, InvalidApiVersionParameter or
 * NoRegisteredProviderFound, 400.
 */
export function requireApiVersion(
  query: ReadonlyMap<string, string>,
  { namespace, type }: { readonly namespace: ProviderNamespace; readonly type: string },
  judgement: VersionJudgement & { readonly location: string },
): string {
  const version = query.get("api-version")?.toLowerCase();
  if (!version)
    throw gatewayError(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  const { apiVersions, retirement }: Provider = PROVIDERS[namespace];
  const supported = supportedVersions(namespace, judgement);
  if (!WELL_FORMED.test(version) || (retirement === undefined && version < apiVersions[0]))
    throw gatewayError(
      400,
      "InvalidApiVersionParameter",
      `The api-version '${version}' is invalid. The supported versions are '${supported.join(",")}'.`,
    );
  if (retirement === undefined || supported.includes(version)) return version;
  throw gatewayError(
    400,
    "NoRegisteredProviderFound",
    `No registered resource provider found for location '${judgement.location}' and API version '${version}' for type '${type}'. The supported api-versions are '${supported.toReversed().join(", ")}'. The supported locations are '${judgement.location}'.`,
  );
}
