import { type Cloud, type CommerceBoundary, regionOf } from "@databox-cmk/errors";

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
  CN: ["CN"],
} as const satisfies Record<CommerceBoundary, readonly string[]>;

/**
 * Countries of the region's commerce boundary; empty for a region that does not receive appliances.
 */
export function countriesOf(location: string, cloud: Cloud): readonly string[] {
  const region = regionOf(location, cloud);
  return region === undefined ? [] : BOUNDARIES[region.boundary];
}

/**
 * The reason why appliances cannot travel between a country and a region; undefined when they can.
 */
export function unavailability(
  location: string,
  country: string,
  cloud: Cloud,
): "Country" | "Region" | undefined {
  const countries = countriesOf(location, cloud);
  if (countries.length === 0) return "Region";
  return countries.includes(country.toUpperCase()) ? undefined : "Country";
}
