import { expect, test } from "vitest";

import { CLOUD_NAMES, CLOUDS } from "./clouds.ts";
import { regionOf, regionsOf } from "./regions.ts";

test.each(CLOUD_NAMES)("the regions of %s are found by both names, in no other cloud", (name) => {
  const cloud = CLOUDS[name];
  const others = CLOUD_NAMES.filter((each) => each !== name).map((each) => CLOUDS[each]);
  const regions = regionsOf(cloud);
  expect(regions.length).toBeGreaterThan(4);
  for (const region of regions) {
    expect(regionOf(region.name, cloud)).toEqual(region);
    expect(regionOf(region.displayName, cloud)).toEqual(region);
    for (const other of others) {
      expect(regionOf(region.name, other)).toBeUndefined();
      // A pair that receives no appliances is not in the table.
      expect(regionOf(region.pair, other)).toBeUndefined();
    }
  }
});

test.each([
  ["West US", "AzureCloud", "US"],
  ["North Europe", "AzureCloud", "IE"],
  ["USGov Virginia", "AzureUSGovernment", "US"],
  ["chinaeast2", "AzureChinaCloud", "CN"],
] as const)("%s of %s is in %s", (location, cloud, country) => {
  expect(regionOf(location, CLOUDS[cloud])?.country).toBe(country);
});

test.each(["constructor", "", "usgovatlantis"])("%j receives no appliance", (location) => {
  for (const cloud of Object.values(CLOUDS)) expect(regionOf(location, cloud)).toBeUndefined();
});
