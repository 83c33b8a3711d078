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
  /** Data Box's code of the datacenter; "AdHoc" where none is published. */
  readonly dataCenter: string;
};
type Region = Row & {
  /** In Resource Manager. */
  readonly name: string;
  readonly cloud: CloudName;
  readonly country: string;
};

/** Azure's regions that receive appliances, by cloud. */
const REGIONS: Readonly<Record<CloudName, Readonly<Record<string, Row>>>> = {
  AzureCloud: {
    westus: { displayName: "West US", pair: "eastus", boundary: "US", dataCenter: "BY2" },
    westus2: {
      displayName: "West US 2",
      pair: "westcentralus",
      boundary: "US",
      dataCenter: "MWH01",
    },
    westus3: { displayName: "West US 3", pair: "eastus", boundary: "US", dataCenter: "PHX20" },
    centralus: { displayName: "Central US", pair: "eastus2", boundary: "US", dataCenter: "DSM05" },
    eastus: { displayName: "East US", pair: "westus", boundary: "US", dataCenter: "BN1" },
    eastus2: { displayName: "East US 2", pair: "centralus", boundary: "US", dataCenter: "BN7" },
    northcentralus: {
      displayName: "North Central US",
      pair: "southcentralus",
      boundary: "US",
      dataCenter: "CHI21",
    },
    southcentralus: {
      displayName: "South Central US",
      pair: "northcentralus",
      boundary: "US",
      dataCenter: "SN5",
    },
    westcentralus: {
      displayName: "West Central US",
      pair: "westus2",
      boundary: "US",
      dataCenter: "CYS04",
    },
    canadacentral: {
      displayName: "Canada Central",
      pair: "canadaeast",
      boundary: "CA",
      dataCenter: "YTO20",
    },
    canadaeast: {
      displayName: "Canada East",
      pair: "canadacentral",
      boundary: "CA",
      dataCenter: "YQB20",
    },
    westeurope: {
      displayName: "West Europe",
      pair: "northeurope",
      boundary: "EU",
      country: "NL",
      dataCenter: "AM2",
    },
    northeurope: {
      displayName: "North Europe",
      pair: "westeurope",
      boundary: "EU",
      country: "IE",
      dataCenter: "DUB07",
    },
    francecentral: {
      displayName: "France Central",
      pair: "francesouth",
      boundary: "EU",
      country: "FR",
      dataCenter: "PAR22",
    },
    germanywestcentral: {
      displayName: "Germany West Central",
      pair: "germanynorth",
      boundary: "EU",
      country: "DE",
      dataCenter: "FRA22",
    },
    swedencentral: {
      displayName: "Sweden Central",
      pair: "swedensouth",
      boundary: "EU",
      country: "SE",
      dataCenter: "GVX21",
    },
    uksouth: { displayName: "UK South", pair: "ukwest", boundary: "GB", dataCenter: "LON24" },
    ukwest: { displayName: "UK West", pair: "uksouth", boundary: "GB", dataCenter: "CWL20" },
    switzerlandnorth: {
      displayName: "Switzerland North",
      pair: "switzerlandwest",
      boundary: "CH",
      dataCenter: "ZRH20",
    },
    norwayeast: {
      displayName: "Norway East",
      pair: "norwaywest",
      boundary: "NO",
      dataCenter: "OSL20",
    },
    australiaeast: {
      displayName: "Australia East",
      pair: "australiasoutheast",
      boundary: "AU",
      dataCenter: "SYD22",
    },
    australiasoutheast: {
      displayName: "Australia Southeast",
      pair: "australiaeast",
      boundary: "AU",
      dataCenter: "MEL21",
    },
    japaneast: {
      displayName: "Japan East",
      pair: "japanwest",
      boundary: "JP",
      dataCenter: "TYO22",
    },
    japanwest: {
      displayName: "Japan West",
      pair: "japaneast",
      boundary: "JP",
      dataCenter: "OSA20",
    },
    koreacentral: {
      displayName: "Korea Central",
      pair: "koreasouth",
      boundary: "KR",
      dataCenter: "SEL20",
    },
    southeastasia: {
      displayName: "Southeast Asia",
      pair: "eastasia",
      boundary: "SG",
      dataCenter: "SG2",
    },
    eastasia: {
      displayName: "East Asia",
      pair: "southeastasia",
      boundary: "HK",
      dataCenter: "HKG20",
    },
    centralindia: {
      displayName: "Central India",
      pair: "southindia",
      boundary: "IN",
      dataCenter: "PNQ01",
    },
    southindia: {
      displayName: "South India",
      pair: "centralindia",
      boundary: "IN",
      dataCenter: "MAA01",
    },
    brazilsouth: {
      displayName: "Brazil South",
      pair: "southcentralus",
      boundary: "BR",
      dataCenter: "CPQ02",
    },
    southafricanorth: {
      displayName: "South Africa North",
      pair: "southafricawest",
      boundary: "ZA",
      dataCenter: "JNB22",
    },
    uaenorth: { displayName: "UAE North", pair: "uaecentral", boundary: "AE", dataCenter: "DXB22" },
  },
  AzureUSGovernment: {
    usgovvirginia: {
      displayName: "USGov Virginia",
      pair: "usgovtexas",
      boundary: "US",
      dataCenter: "AdHoc",
    },
    usgovarizona: {
      displayName: "USGov Arizona",
      pair: "usgovtexas",
      boundary: "US",
      dataCenter: "AdHoc",
    },
    usgovtexas: {
      displayName: "USGov Texas",
      pair: "usgovarizona",
      boundary: "US",
      dataCenter: "AdHoc",
    },
    usdodeast: {
      displayName: "USDoD East",
      pair: "usdodcentral",
      boundary: "US",
      dataCenter: "AdHoc",
    },
    usdodcentral: {
      displayName: "USDoD Central",
      pair: "usdodeast",
      boundary: "US",
      dataCenter: "AdHoc",
    },
  },
  AzureChinaCloud: {
    chinaeast: {
      displayName: "China East",
      pair: "chinanorth",
      boundary: "CN",
      dataCenter: "AdHoc",
    },
    chinanorth: {
      displayName: "China North",
      pair: "chinaeast",
      boundary: "CN",
      dataCenter: "AdHoc",
    },
    chinaeast2: {
      displayName: "China East 2",
      pair: "chinanorth2",
      boundary: "CN",
      dataCenter: "AdHoc",
    },
    chinanorth2: {
      displayName: "China North 2",
      pair: "chinaeast2",
      boundary: "CN",
      dataCenter: "AdHoc",
    },
    chinaeast3: {
      displayName: "China East 3",
      pair: "chinanorth3",
      boundary: "CN",
      dataCenter: "AdHoc",
    },
    chinanorth3: {
      displayName: "China North 3",
      pair: "chinaeast3",
      boundary: "CN",
      dataCenter: "AdHoc",
    },
  },
};

/** @param location - as Resource Manager writes it, `West US` or `westus` */
export function regionOf(location: string): Region | undefined {
  const name = canonicalLocation(location);
  const cloud = CLOUD_NAMES.find((each) => Object.hasOwn(REGIONS[each], name));
  const row = cloud && REGIONS[cloud][name];
  return row && { ...row, name, cloud, country: row.country ?? row.boundary };
}

export const regionsOf = (cloud: Cloud): readonly Region[] =>
  CLOUD_NAMES.filter((each) => CLOUDS[each] === cloud)
    .flatMap((each) => Object.keys(REGIONS[each]).map((name) => regionOf(name)))
    .filter((region) => region !== undefined);

/** Resource Manager writes `West US` and `westus` for the same region. */
export const canonicalLocation = (location: string): string =>
  location.replaceAll(" ", "").toLowerCase();
