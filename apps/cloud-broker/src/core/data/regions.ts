type Boundary = keyof typeof BOUNDARIES;

/**
 * Countries to and from which an appliance may travel without leaving a commerce boundary (Data
 * Box, "Region availability").
 */
const BOUNDARIES = {
  US: ["US"],
  EU: [
    "AT",
    "BE",
    "BG",
    "HR",
    "CY",
    "CZ",
    "DK",
    "EE",
    "FI",
    "FR",
    "DE",
    "GR",
    "HU",
    "IE",
    "IT",
    "LV",
    "LT",
    "LU",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SK",
    "SI",
    "ES",
    "SE",
  ],
  GB: ["GB"],
  CA: ["CA"],
  AU: ["AU"],
  NZ: ["NZ"],
  JP: ["JP"],
  KR: ["KR"],
  SG: ["SG"],
  HK: ["HK"],
  IN: ["IN"],
  BR: ["BR"],
  ZA: ["ZA"],
  CH: ["CH"],
  NO: ["NO"],
  AE: ["AE"],
} as const satisfies Record<string, readonly string[]>;

type RegionRow = {
  readonly boundary: Boundary;
  readonly dataCenter: string;
  readonly country: string;
};

/** Regions that receive appliances, with their datacenter codes. */
const REGIONS: Readonly<Record<string, RegionRow>> = {
  westus: { boundary: "US", dataCenter: "BY2", country: "US" },
  westus2: { boundary: "US", dataCenter: "MWH01", country: "US" },
  westus3: { boundary: "US", dataCenter: "PHX20", country: "US" },
  centralus: { boundary: "US", dataCenter: "DSM05", country: "US" },
  eastus: { boundary: "US", dataCenter: "BN1", country: "US" },
  eastus2: { boundary: "US", dataCenter: "BN7", country: "US" },
  northcentralus: { boundary: "US", dataCenter: "CHI21", country: "US" },
  southcentralus: { boundary: "US", dataCenter: "SN5", country: "US" },
  westcentralus: { boundary: "US", dataCenter: "CYS04", country: "US" },
  canadacentral: { boundary: "CA", dataCenter: "YTO20", country: "CA" },
  canadaeast: { boundary: "CA", dataCenter: "YQB20", country: "CA" },
  westeurope: { boundary: "EU", dataCenter: "AM2", country: "NL" },
  northeurope: { boundary: "EU", dataCenter: "DUB07", country: "IE" },
  francecentral: { boundary: "EU", dataCenter: "PAR22", country: "FR" },
  germanywestcentral: { boundary: "EU", dataCenter: "FRA22", country: "DE" },
  swedencentral: { boundary: "EU", dataCenter: "GVX21", country: "SE" },
  uksouth: { boundary: "GB", dataCenter: "LON24", country: "GB" },
  ukwest: { boundary: "GB", dataCenter: "CWL20", country: "GB" },
  switzerlandnorth: { boundary: "CH", dataCenter: "ZRH20", country: "CH" },
  norwayeast: { boundary: "NO", dataCenter: "OSL20", country: "NO" },
  australiaeast: { boundary: "AU", dataCenter: "SYD22", country: "AU" },
  australiasoutheast: { boundary: "AU", dataCenter: "MEL21", country: "AU" },
  japaneast: { boundary: "JP", dataCenter: "TYO22", country: "JP" },
  japanwest: { boundary: "JP", dataCenter: "OSA20", country: "JP" },
  koreacentral: { boundary: "KR", dataCenter: "SEL20", country: "KR" },
  southeastasia: { boundary: "SG", dataCenter: "SG2", country: "SG" },
  eastasia: { boundary: "HK", dataCenter: "HKG20", country: "HK" },
  centralindia: { boundary: "IN", dataCenter: "PNQ01", country: "IN" },
  southindia: { boundary: "IN", dataCenter: "MAA01", country: "IN" },
  brazilsouth: { boundary: "BR", dataCenter: "CPQ02", country: "BR" },
  southafricanorth: { boundary: "ZA", dataCenter: "JNB22", country: "ZA" },
  uaenorth: { boundary: "AE", dataCenter: "DXB22", country: "AE" },
};

export function regionOf(location: string): RegionRow | undefined {
  const name = location.replaceAll(" ", "").toLowerCase();
  return Object.hasOwn(REGIONS, name) ? REGIONS[name] : undefined;
}

/**
 * Countries of the region's commerce boundary; empty for a region that does not receive appliances.
 */
export function countriesOf(location: string): readonly string[] {
  const region = regionOf(location);
  return region === undefined ? [] : BOUNDARIES[region.boundary];
}

/**
 * The reason why appliances cannot travel between a country and a region; undefined when they can.
 */
export function unavailability(
  location: string,
  country: string,
): "Country" | "Region" | undefined {
  const countries = countriesOf(location);
  if (countries.length === 0) return "Region";
  return countries.includes(country.toUpperCase()) ? undefined : "Country";
}
