import { expect, test } from "vitest";

import { findNetworkFault } from "./find-network-fault.ts";

const many = (count: number) => Array.from({ length: count }, (_, index) => `192.0.2.${index}`);

test.each<[string, string[], ReturnType<typeof findNetworkFault>]>([
  ["an empty list", [], undefined],
  ["addresses and networks", ["203.0.113.7", "203.0.113.0/24", "2001:db8::/32"], undefined],
  ["a typing error", ["203.0.113.0/24", "203.0.113"], { kind: "invalid", network: "203.0.113" }],
  ["a typing error before /0", ["nowhere/0"], { kind: "invalid", network: "nowhere/0" }],
  ["all addresses", ["0.0.0.0/0"], { kind: "all", network: "0.0.0.0/0" }],
  ["all addresses of version 6", ["::/0"], { kind: "all", network: "::/0" }],
  ["a repetition", ["::1", "203.0.113.7", "::1"], { kind: "twice", network: "::1" }],
  ["twenty", many(20), undefined],
  ["one more than twenty", many(22), { kind: "tooMany", network: "192.0.2.20" }],
])("%s", (_what, networks, fault) => {
  expect(findNetworkFault(networks)).toEqual(fault);
});
