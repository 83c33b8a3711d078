import { expect, test } from "vitest";

import { isSameOrigin } from "./same-origin.ts";

const OWN = "https://broker.example";

test.each([
  ["GET", OWN, "same-origin", true],
  ["GET", undefined, "same-origin", true],
  ["GET", undefined, undefined, true],
  ["POST", OWN, "same-origin", true],
  ["POST", OWN, undefined, true],
  ["POST", undefined, "same-origin", true],
  ["POST", undefined, undefined, false],
  ["GET", "https://evil.example", undefined, false],
  ["POST", "https://evil.example", "same-origin", false],
  ["POST", OWN, "cross-site", false],
  ["GET", undefined, "cross-site", false],
  ["GET", undefined, "same-site", false],
  ["GET", undefined, "none", false],
  ["POST", "null", undefined, false],
  ["POST", `${OWN}:8443`, undefined, false],
  ["POST", "http://broker.example", undefined, false],
  ["DELETE", undefined, undefined, false],
])("%s from origin %s, site %s: %s", (method, origin, fetchSite, expected) => {
  expect(isSameOrigin({ method, origin, fetchSite }, OWN)).toBe(expected);
});
