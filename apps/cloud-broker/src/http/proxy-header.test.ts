import { describe, expect, test } from "vitest";

import { parseProxyHeader } from "./read-proxy-headers.ts";

const SIGNATURE = "0d0a0d0a000d0a515549540a";
const bytes = (...parts: readonly string[]) => Buffer.from([SIGNATURE, ...parts].join(""), "hex");

const IPV4 = bytes("2111000c", "cb007107", "c0000201", "d431", "01bb");
const IPV6 = "20010db8000000000000000000000007";

describe("a header of PROXY protocol v2", () => {
  test.each([
    ["of IPv4", IPV4, 28, "203.0.113.7"],
    ["of IPv6", bytes("21210024", IPV6, IPV6, "d43101bb"), 52, "2001:db8::7"],
    [
      "of IPv4 within IPv6",
      bytes("21210024", "00000000000000000000ffffcb007107", IPV6, "d43101bb"),
      52,
      "::ffff:203.0.113.7",
    ],
    [
      "with additions",
      bytes("21110011", "cb007107", "c0000201", "d431", "01bb", "04000200ff"),
      33,
      "203.0.113.7",
    ],
    ["of a health check", bytes("20000000"), 16, undefined],
    ["of a health check with addresses", bytes("2011000c", "00".repeat(12)), 28, undefined],
    ["of a sender that the balancer does not know", bytes("21000000"), 16, undefined],
  ])("%s", (_name, header, length, address) => {
    const whole = { kind: "whole", bytes: length, address };
    expect(parseProxyHeader(header)).toEqual(whole);
    expect(parseProxyHeader(Buffer.concat([header, Buffer.from("160301", "hex")]))).toEqual(whole);
    for (let end = 0; end < header.length; end += 1)
      expect(parseProxyHeader(header.subarray(0, end))).toEqual({ kind: "incomplete" });
  });

  test.each([
    ["a TLS handshake", Buffer.from("16030100f8", "hex")],
    ["version 1", Buffer.from("PROXY TCP4 203.0.113.7 192.0.2.1 54321 443\r\n")],
    ["another signature after eleven bytes", Buffer.from("0d0a0d0a000d0a515549540b", "hex")],
    ["another version", bytes("1111000c", "00".repeat(12))],
    ["another command", bytes("2211000c", "00".repeat(12))],
    ["UDP", bytes("2112000c", "00".repeat(12))],
    ["a Unix socket", bytes("213100d8", "00".repeat(216))],
    ["addresses that are too short for IPv4", bytes("2111000b", "00".repeat(11))],
    ["addresses that are too short for IPv6", bytes("21210023", "00".repeat(35))],
    ["more than a kilobyte", bytes("21110401")],
  ])("is not %s", (_name, header) => {
    expect(parseProxyHeader(header)).toEqual({ kind: "invalid" });
  });
});
