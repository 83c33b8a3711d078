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

type Row = {
  readonly displayName: string;
  /** To which Azure fails over what is replicated between regions. */
  readonly pair: string;
  readonly boundary: CommerceBoundary;
  /** Absent: the boundary is one country. */
  readonly country?: string;
};
type Region = Row & {
  /** In Resource Manager. */
  readonly name: string;
  readonly country: string;
};

/**
 * Azure's regions that receive appliances, by cloud. The pairs of every cloud are those of
 * learn.microsoft.com/azure/reliability/regions-paired, "List of region pairs".
 */
const REGIONS: Readonly<Record<CloudName, Readonly<Record<string, Row>>>> = {
  AzureCloud: {
    westus: { displayName: "West US", pair: "eastus", boundary: "US" },
    westus2: { displayName: "West US 2", pair: "westcentralus", boundary: "US" },
    westus3: { displayName: "West US 3", pair: "eastus", boundary: "US" },
    centralus: { displayName: "Central US", pair: "eastus2", boundary: "US" },
    eastus: { displayName: "East US", pair: "westus", boundary: "US" },
    eastus2: { displayName: "East US 2", pair: "centralus", boundary: "US" },
    northcentralus: { displayName: "North Central US", pair: "southcentralus", boundary: "US" },
    southcentralus: { displayName: "South Central US", pair: "northcentralus", boundary: "US" },
    westcentralus: { displayName: "West Central US", pair: "westus2", boundary: "US" },
    canadacentral: { displayName: "Canada Central", pair: "canadaeast", boundary: "CA" },
    canadaeast: { displayName: "Canada East", pair: "canadacentral", boundary: "CA" },
    westeurope: { displayName: "West Europe", pair: "northeurope", boundary: "EU", country: "NL" },
    northeurope: { displayName: "North Europe", pair: "westeurope", boundary: "EU", country: "IE" },
    francecentral: {
      displayName: "France Central",
      pair: "francesouth",
      boundary: "EU",
      country: "FR",
    },
    germanywestcentral: {
      displayName: "Germany West Central",
      pair: "germanynorth",
      boundary: "EU",
      country: "DE",
    },
    swedencentral: {
      displayName: "Sweden Central",
      pair: "swedensouth",
      boundary: "EU",
      country: "SE",
    },
    uksouth: { displayName: "UK South", pair: "ukwest", boundary: "GB" },
    ukwest: { displayName: "UK West", pair: "uksouth", boundary: "GB" },
    switzerlandnorth: { displayName: "Switzerland North", pair: "switzerlandwest", boundary: "CH" },
    norwayeast: { displayName: "Norway East", pair: "norwaywest", boundary: "NO" },
    australiaeast: { displayName: "Australia East", pair: "australiasoutheast", boundary: "AU" },
    australiasoutheast: {
      displayName: "Australia Southeast",
      pair: "australiaeast",
      boundary: "AU",
    },
    japaneast: { displayName: "Japan East", pair: "japanwest", boundary: "JP" },
    japanwest: { displayName: "Japan West", pair: "japaneast", boundary: "JP" },
    koreacentral: { displayName: "Korea Central", pair: "koreasouth", boundary: "KR" },
    southeastasia: { displayName: "Southeast Asia", pair: "eastasia", boundary: "SG" },
    eastasia: { displayName: "East Asia", pair: "southeastasia", boundary: "HK" },
    centralindia: { displayName: "Central India", pair: "southindia", boundary: "IN" },
    southindia: { displayName: "South India", pair: "centralindia", boundary: "IN" },
    brazilsouth: { displayName: "Brazil South", pair: "southcentralus", boundary: "BR" },
    southafricanorth: {
      displayName: "South Africa North",
      pair: "southafricawest",
      boundary: "ZA",
    },
    uaenorth: { displayName: "UAE North", pair: "uaecentral", boundary: "AE" },
  },
  AzureUSGovernment: {
    usgovvirginia: { displayName: "USGov Virginia", pair: "usgovtexas", boundary: "US" },
    usgovarizona: { displayName: "USGov Arizona", pair: "usgovtexas", boundary: "US" },
    usgovtexas: { displayName: "USGov Texas", pair: "usgovvirginia", boundary: "US" },
    usdodeast: { displayName: "USDoD East", pair: "usdodcentral", boundary: "US" },
    usdodcentral: { displayName: "USDoD Central", pair: "usdodeast", boundary: "US" },
  },
  AzureChinaCloud: {
    chinaeast: { displayName: "China East", pair: "chinanorth", boundary: "CN" },
    chinanorth: { displayName: "China North", pair: "chinaeast", boundary: "CN" },
    chinaeast2: { displayName: "China East 2", pair: "chinanorth2", boundary: "CN" },
    chinanorth2: { displayName: "China North 2", pair: "chinaeast2", boundary: "CN" },
    chinaeast3: { displayName: "China East 3", pair: "chinanorth3", boundary: "CN" },
    chinanorth3: { displayName: "China North 3", pair: "chinaeast3", boundary: "CN" },
  },
};

export const regionsOf = (cloud: Cloud): readonly Region[] =>
  CLOUD_NAMES.filter((each) => CLOUDS[each] === cloud).flatMap((each) =>
    Object.entries(REGIONS[each]).map(([name, row]) => ({
      ...row,
      name,
      country: row.country ?? row.boundary,
    })),
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
