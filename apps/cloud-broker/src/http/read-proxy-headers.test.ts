import { once } from "node:events";
import { type AddressInfo, BlockList, connect, createServer, type Socket } from "node:net";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { parseProxyHeader, readProxyHeaders } from "./read-proxy-headers.ts";

const BALANCER = "127.0.0.20";
const HEADER = Buffer.from("0d0a0d0a000d0a515549540a2111000ccb007107c0000201d43101bb", "hex");

let stop: AsyncDisposableStack;
let port: number;
beforeEach(async () => {
  stop = new AsyncDisposableStack();
  const balancers = new BlockList();
  balancers.addAddress(BALANCER, "ipv4");
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data: Buffer) => {
      socket.end(`${socket.remoteAddress ?? ""} sent ${data.toString()}`);
    });
  });
  readProxyHeaders(server, balancers, 200);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
  stop.defer(async () => {
    server.close();
    await once(server, "close");
  });
});
afterEach(() => stop.disposeAsync());

async function open(localAddress: string) {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  let received = "";
  socket.on("error", () => undefined);
  socket.on("data", (data: Buffer) => {
    received += data.toString();
  });
  const closed = new Promise<string>((resolve) => {
    socket.once("close", () => {
      resolve(received);
    });
  });
  await once(socket, "connect");
  return { socket, closed };
}

test("a sender is named by the header of its balancer, and the server reads the bytes after it", async () => {
  const { socket, closed } = await open(BALANCER);
  socket.write(Buffer.concat([HEADER, Buffer.from("hello")]));
  expect(await closed).toBe("203.0.113.7 sent hello");
});

test("a health check of a balancer counts as the balancer's", async () => {
  const { socket, closed } = await open(BALANCER);
  const local = Buffer.concat([HEADER.subarray(0, 12), Buffer.from("20000000", "hex")]);
  socket.write(Buffer.concat([local, Buffer.from("hello")]));
  expect(await closed).toBe(`${BALANCER} sent hello`);
});

test("a header of another address names no sender", async () => {
  const { socket, closed } = await open("127.0.0.21");
  socket.write(HEADER);
  expect(await closed).toMatch(/^127\.0\.0\.21 sent /);
});

test.each<readonly [string, (socket: Socket) => unknown]>([
  ["stays silent", () => undefined],
  ["sends half a header", (socket) => socket.write(HEADER.subarray(0, 20))],
  ["sends something else", (socket) => socket.write("hello")],
  ["ends after half a header", (socket) => socket.end(HEADER.subarray(0, 20))],
  ["breaks off", (socket) => socket.resetAndDestroy()],
])("a balancer that %s is cut off, and the server serves on", async (_name, act) => {
  const { socket, closed } = await open(BALANCER);
  act(socket);
  expect(await closed).toBe("");
  const other = await open("127.0.0.1");
  other.socket.write("hello");
  expect(await other.closed).toBe("127.0.0.1 sent hello");
});

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
    // Evidence: A false sender behind a balancer.
  ])("is not %s", (_name, header) => {
    expect(parseProxyHeader(header)).toEqual({ kind: "invalid" });
  });
});
