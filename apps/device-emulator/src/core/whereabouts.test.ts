import { expect, test } from "vitest";

import { nextStop } from "./whereabouts.ts";

test.each([
  [
    { kind: "at", place: "datacenter" },
    { kind: "in-transit", to: "customer" },
  ],
  [
    { kind: "in-transit", to: "customer" },
    { kind: "at", place: "customer" },
  ],
  [
    { kind: "at", place: "customer" },
    { kind: "in-transit", to: "datacenter" },
  ],
  [
    { kind: "in-transit", to: "datacenter" },
    { kind: "at", place: "datacenter" },
  ],
] as const)("after %o comes %o", (now, next) => {
  expect(nextStop(now)).toEqual(next);
});
