import { expect, test } from "vitest";

import { CLOUD_NAMES, CLOUDS } from "./clouds.ts";
import { regionOf, regionsOf } from "./regions.ts";

test.each(CLOUD_NAMES)("the regions of %s are found by both names, with pairs of it", (cloud) => {
  const regions = regionsOf(CLOUDS[cloud]);
  expect(regions.length).toBeGreaterThan(4);
  for (const region of regions) {
    expect(regionOf(region.name)).toEqual({ ...region, cloud });
    expect(regionOf(region.displayName)).toEqual(region);
    // A pair that receives no appliances is not in the table.
    expect([undefined, cloud]).toContain(regionOf(region.pair)?.cloud);
  }
});

test.each([
  ["West US", "US"],
  ["North Europe", "IE"],
  ["USGov Virginia", "US"],
  ["chinaeast2", "CN"],
])("%s is in %s", (location, country) => {
  expect(regionOf(location)?.country).toBe(country);
});

test.each(["constructor", "", "usgovatlantis"])("%j receives no appliance", (location) => {
  expect(regionOf(location)).toBeUndefined();
});
