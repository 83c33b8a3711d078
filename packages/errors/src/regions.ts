import { type Cloud, CLOUD_NAMES, type CloudName, CLOUDS } from "./clouds.ts";

/** Names a group of countries between which appliances travel. */
export type CommerceBoundary =
  | "US"
  | "EU"
  | "GB"
  | "CA"
  | "AU"
  | "NZ"
  | "JP"
  | "KR"
  | "SG"
  | "HK"
  | "IN"
  | "BR"
  | "ZA"
  | "CH"
  | "NO"
  | "AE"
  | "CN";

/** The pair is where Azure fails over; without a country, the boundary is one. */
type Row = readonly [
  displayName: string,
  pair: string,
  boundary: CommerceBoundary,
  country?: string,
];
type Region = {
  /** In Resource Manager. */
  readonly name: string;
  readonly displayName: string;
  readonly pair: string;
  readonly boundary: CommerceBoundary;
  readonly country: string;
};

/**
 * Azure's regions that receive appliances, by cloud. The pairs of every cloud are those of
 * learn.microsoft.com/azure/reliability/regions-paired, "List of region pairs".
 */
const REGIONS: Readonly<Record<CloudName, Readonly<Record<string, Row>>>> = {
  AzureCloud: {
    westus: ["West US", "eastus", "US"],
    westus2: ["West US 2", "westcentralus", "US"],
    westus3: ["West US 3", "eastus", "US"],
    centralus: ["Central US", "eastus2", "US"],
    eastus: ["East US", "westus", "US"],
    eastus2: ["East US 2", "centralus", "US"],
    northcentralus: ["North Central US", "southcentralus", "US"],
    southcentralus: ["South Central US", "northcentralus", "US"],
    westcentralus: ["West Central US", "westus2", "US"],
    canadacentral: ["Canada Central", "canadaeast", "CA"],
    canadaeast: ["Canada East", "canadacentral", "CA"],
    westeurope: ["West Europe", "northeurope", "EU", "NL"],
    northeurope: ["North Europe", "westeurope", "EU", "IE"],
    francecentral: ["France Central", "francesouth", "EU", "FR"],
    germanywestcentral: ["Germany West Central", "germanynorth", "EU", "DE"],
    swedencentral: ["Sweden Central", "swedensouth", "EU", "SE"],
    uksouth: ["UK South", "ukwest", "GB"],
    ukwest: ["UK West", "uksouth", "GB"],
    switzerlandnorth: ["Switzerland North", "switzerlandwest", "CH"],
    norwayeast: ["Norway East", "norwaywest", "NO"],
    australiaeast: ["Australia East", "australiasoutheast", "AU"],
    australiasoutheast: ["Australia Southeast", "australiaeast", "AU"],
    japaneast: ["Japan East", "japanwest", "JP"],
    japanwest: ["Japan West", "japaneast", "JP"],
    koreacentral: ["Korea Central", "koreasouth", "KR"],
    southeastasia: ["Southeast Asia", "eastasia", "SG"],
    eastasia: ["East Asia", "southeastasia", "HK"],
    centralindia: ["Central India", "southindia", "IN"],
    southindia: ["South India", "centralindia", "IN"],
    brazilsouth: ["Brazil South", "southcentralus", "BR"],
    southafricanorth: ["South Africa North", "southafricawest", "ZA"],
    uaenorth: ["UAE North", "uaecentral", "AE"],
  },
  AzureUSGovernment: {
    usgovvirginia: ["USGov Virginia", "usgovtexas", "US"],
    usgovarizona: ["USGov Arizona", "usgovtexas", "US"],
    usgovtexas: ["USGov Texas", "usgovvirginia", "US"],
    usdodeast: ["USDoD East", "usdodcentral", "US"],
    usdodcentral: ["USDoD Central", "usdodeast", "US"],
  },
  AzureChinaCloud: {
    chinaeast: ["China East", "chinanorth", "CN"],
    chinanorth: ["China North", "chinaeast", "CN"],
    chinaeast2: ["China East 2", "chinanorth2", "CN"],
    chinanorth2: ["China North 2", "chinaeast2", "CN"],
    chinaeast3: ["China East 3", "chinanorth3", "CN"],
    chinanorth3: ["China North 3", "chinaeast3", "CN"],
  },
};

export const regionsOf = (cloud: Cloud): readonly Region[] =>
  CLOUD_NAMES.filter((each) => CLOUDS[each] === cloud).flatMap((each) =>
    Object.entries(REGIONS[each]).map(
      ([name, [displayName, pair, boundary, country = boundary]]) => ({
        name,
        displayName,
        pair,
        boundary,
        country,
      }),
    ),
  );

/**
 * A region of this cloud; those of other clouds are unknown to it.
 *
 * @param location - as Resource Manager writes it, `West US` or `westus`
 */
export function regionOf(location: string, cloud: Cloud): Region | undefined {
  const name = canonicalLocation(location);
  return regionsOf(cloud).find((region) => region.name === name);
}

/** Resource Manager writes `West US` and `westus` for the same region. */
export const canonicalLocation = (location: string): string =>
  location.replaceAll(" ", "").toLowerCase();
