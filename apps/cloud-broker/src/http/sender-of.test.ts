import type { IncomingMessage } from "node:http";
import { BlockList } from "node:net";

import { expect, test } from "vitest";

import { senderOf } from "./sender-of.ts";

const PROXIES = new BlockList();
PROXIES.addSubnet("10.1.0.0", 16, "ipv4");
PROXIES.addAddress("2001:db8::a", "ipv6");

const message = (remoteAddress: string | undefined, forwardedFor?: string): IncomingMessage =>
  ({ socket: { remoteAddress }, headers: { "x-forwarded-for": forwardedFor } }) as never;

test.each([
  ["a peer that is not a proxy", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
  ["a proxy that names no sender", "10.1.0.1", undefined, "10.1.0.1"],
  ["a proxy that names its sender", "10.1.0.1", "198.51.100.1", "198.51.100.1"],
  ["a proxy on a socket of both families", "::ffff:10.1.0.1", "198.51.100.1", "198.51.100.1"],
  ["a proxy of IPv6", "2001:db8::a", "198.51.100.1", "198.51.100.1"],
  ["a sender that wrote a header itself", "10.1.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1"],
  ["proxies behind each other", "10.1.0.1", "127.0.0.1,198.51.100.1,10.1.2.3", "198.51.100.1"],
  ["a sender that claims to be a proxy", "10.1.0.1", "1.1.1.1, 10.1.9.9, 8.8.8.8", "8.8.8.8"],
  ["a port", "10.1.0.1", "198.51.100.1:50123", "198.51.100.1"],
  ["IPv6", "10.1.0.1", "2001:DB8:0:0:0:0:0:7", "2001:db8::7"],
  ["IPv6 with a port", "10.1.0.1", "[2001:db8::7]:50123", "2001:db8::7"],
  ["IPv4 within IPv6", "10.1.0.1", "::ffff:c633:6401", "::ffff:198.51.100.1"],
  ["a name", "10.1.0.1", "198.51.100.1, unknown", "10.1.0.1"],
  ["nothing", "10.1.0.1", "198.51.100.1, ", "10.1.0.1"],
  ["a number that is not an address", "10.1.0.1", "0x7f.1", "10.1.0.1"],
  ["a connection that is closed", undefined, "198.51.100.1", ""],
  ["too many proxies", "10.1.0.1", `198.51.100.1${", 10.1.0.2".repeat(16)}`, "10.1.0.2"],
  // Evidence: A false sender behind a balancer.
])("the sender is found behind %s", (_name, peer, header, sender) => {
  expect(senderOf(message(peer, header), PROXIES)).toBe(sender);
});

test("without trusted proxies, the header is ignored", () => {
  expect(senderOf(message("10.1.0.1", "198.51.100.1"), undefined)).toBe("10.1.0.1");
});
