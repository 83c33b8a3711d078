// @module-tag one-engine

import { once } from "node:events";
import { connect as connectPlain, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";

import { freePort } from "@databox-cmk/testkit";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

import { serveMetrics } from "../../src/observability/serve-metrics.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { PATIENT } from "../world/open-listener.ts";

const PER_ADDRESS = 8;
const IN_SUM = 12;
const STRANGER = "127.0.0.7";
const HONEST = "127.0.0.8";
/** Passes TCP on, and names the sender. */
const BALANCER = "127.0.0.20";
const OTHER_BALANCER = "127.0.0.23";
/** Ends TLS, and names the sender of each request. */
const PROXY = "127.0.0.21";

let world: BrokerWorld;
const sockets = new Set<Socket>();
beforeAll(async () => {
  world = await openBroker({
    settings: {
      MAX_CONNECTIONS_PER_ADDRESS: String(PER_ADDRESS),
      MAX_CONNECTIONS: String(IN_SUM),
      PROXY_PROTOCOL_FROM: `${BALANCER},${OTHER_BALANCER}`,
      FORWARDED_FOR_FROM: PROXY,
      // The world's clock stands still: only five requests pass.
      RATE_LIMIT_ADDRESS_PER_SECOND: "1",
    },
    replicas: 1,
    timeouts: PATIENT,
  });
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});
afterAll(() => world[Symbol.asyncDispose]());

/** @param first - sent before the TLS handshake */
function openTls(localAddress: string, first?: Buffer, localPort?: number): TLSSocket {
  const { hostname: servername, port } = new URL(world.url());
  const plain = connectPlain({ host: "127.0.0.1", port: Number(port), localAddress, localPort });
  if (first !== undefined) plain.write(first);
  const socket = connect({ socket: plain, servername, ca: world.caPem });
  plain.on("error", () => socket.destroy());
  socket.on("error", () => undefined);
  sockets.add(socket);
  return socket;
}

/** @returns the answer's first line; empty when the connection was closed without one */
async function ask(socket: TLSSocket, path = "/healthz", header = ""): Promise<string> {
  let received = "";
  socket.on("data", (data) => {
    received += data.toString("latin1");
  });
  socket.write(`GET ${path} HTTP/1.1\r\nhost: b\r\n${header}\r\n`);
  await Promise.race([once(socket, "data").catch(() => undefined), closeOf(socket)]);
  return received.split("\r\n", 1)[0] ?? "";
}

const closeOf = (socket: Socket): Promise<unknown> =>
  socket.destroyed ? Promise.resolve() : new Promise((resolve) => socket.once("close", resolve));

async function figure(name: string): Promise<string> {
  return world.broker().metrics.registry.getSingleMetricAsString(name);
}

async function expectOpen(count: number): Promise<void> {
  await expect
    .poll(() => figure("databox_connections"))
    .toContain(`databox_connections{listener="public"} ${String(count)}`);
}

/** Idle connections of one address, each with its TLS session and one answered request. */
async function hold(
  count: number,
  address = STRANGER,
  first?: Buffer,
): Promise<readonly TLSSocket[]> {
  if (sockets.size === 0) await expectOpen(0);
  const held: TLSSocket[] = [];
  while (held.length < count) {
    const socket = openTls(address, first);
    expect(await ask(socket)).toBe("HTTP/1.1 200 OK");
    held.push(socket);
  }
  return held;
}

// Evidence: Hostile bytes at the door.
test("idle connections of one address do not keep other addresses out, and are refused before TLS", async () => {
  await hold(PER_ADDRESS);
  world.logLines.length = 0;
  for (let index = 0; index < 5; index += 1) {
    const refused = openTls(STRANGER);
    await closeOf(refused);
    expect([refused.getProtocol(), refused.bytesRead]).toEqual([null, 0]);
  }
  expect(await ask(openTls(HONEST))).toBe("HTTP/1.1 200 OK");
  expect(await figure("databox_connections_refused_total")).toContain(
    'databox_connections_refused_total{listener="public",limit="address"} 5',
  );
  const lines = world.logLines.filter((line) => line.includes("refusing connections"));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`"reason":"address"`);
  expect(lines[0]).toContain(STRANGER);
});

// Evidence: Hostile bytes at the door.
test("when all places are taken, the address with the most gives one to a new address", async () => {
  await hold(PER_ADDRESS);
  const others = await hold(IN_SUM - PER_ADDRESS, "127.0.0.9");
  expect(await ask(openTls(HONEST))).toBe("HTTP/1.1 200 OK");
  await expectOpen(IN_SUM);
  await expect.poll(() => [...sockets].filter((socket) => socket.destroyed)).toHaveLength(1);
  expect(others.every((socket) => !socket.destroyed)).toBe(true);
});

const ENDINGS: Readonly<Record<string, (socket: TLSSocket) => unknown>> = {
  "in order": (socket) => socket.end(),
  "without a farewell": (socket) => socket.destroy(),
  "with half a request": (socket) => {
    socket.end("POST /device/v1/unlocks HTTP/1.1\r\nhost: b\r\ncontent-length: 5\r\n\r\n");
  },
  "by bytes that are not HTTP": (socket) => socket.write("\0\r\n\r\n"),
  "by CONNECT": (socket) => socket.write("CONNECT a:1 HTTP/1.1\r\nhost: b\r\n\r\n"),
};
test.each(Object.entries(ENDINGS))(
  // Evidence: Hostile bytes at the door.
  "the place of a connection is given back when it ends %s",
  async (_name, end) => {
    const held = await hold(PER_ADDRESS);
    await expectOpen(PER_ADDRESS);
    for (const socket of held) end(socket);
    await expectOpen(0);
    expect(await hold(PER_ADDRESS)).toHaveLength(PER_ADDRESS);
  },
);

test("the place of a connection is given back when it never starts TLS, or starts it wrongly", async () => {
  const { port } = new URL(world.url());
  const endings = [
    (plain: Socket) => plain.end(),
    (plain: Socket) => plain.end("GET / HTTP/1.1\r\n\r\n"),
    (plain: Socket) => plain.resetAndDestroy(),
  ];
  for (const end of endings) {
    const plain = connectPlain({ host: "127.0.0.1", port: Number(port), localAddress: STRANGER });
    plain.on("error", () => undefined);
    await once(plain, "connect");
    plain.resume();
    end(plain);
    await closeOf(plain);
  }
  await expectOpen(0);
  expect(await hold(PER_ADDRESS)).toHaveLength(PER_ADDRESS);
});

test("the listener of the metrics has its own places", async () => {
  const connections = world.broker().connectionsOf("metrics");
  await using served = await serveMetrics(world.broker().metrics.registry, {
    host: "127.0.0.1",
    port: 0,
    connections,
  });
  const open = () => {
    const socket = connectPlain({ host: "127.0.0.1", port: served.port, localAddress: STRANGER });
    socket.on("error", () => undefined);
    socket.resume();
    sockets.add(socket);
    return socket;
  };
  for (let index = 0; index < PER_ADDRESS; index += 1) await once(open(), "connect");
  await expect.poll(() => connections.open()).toBe(PER_ADDRESS);
  await closeOf(open());
  const scraped = connectPlain({ host: "127.0.0.1", port: served.port, localAddress: HONEST });
  scraped.setEncoding("latin1").write("GET /metrics HTTP/1.1\r\nhost: b\r\n\r\n");
  expect(await once(scraped, "data")).toMatchObject([expect.stringMatching(/^HTTP\/1.1 200 /)]);
  scraped.destroy();
});

test(
  "a scraper that sends half a header is cut off within seconds",
  { timeout: 20_000 },
  async () => {
    const connections = world.broker().connectionsOf("metrics");
    const options = { host: "127.0.0.1", port: 0, connections };
    await using served = await serveMetrics(world.broker().metrics.registry, options);
    const slow = connectPlain({ host: "127.0.0.1", port: served.port });
    slow.resume().write("GET /metrics HTTP/1.1\r\nhost:");
    await closeOf(slow);
    await expect.poll(() => connections.open()).toBe(0);
  },
);

/** A header of PROXY protocol v2 for a sender of this network. */
const headerOf = (sender: number): Buffer =>
  Buffer.concat([
    Buffer.from("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", "latin1"),
    Buffer.from([203, 0, 113, sender, 192, 0, 2, 1, 0xd4, 0x31, 1, 0xbb]),
  ]);

const OK = "HTTP/1.1 200 OK";
const NOT_FOUND = "HTTP/1.1 404 Not Found";
const TOO_MANY = "HTTP/1.1 429 Too Many Requests";
const FIVE_THEN_NONE = [...Array.from({ length: 5 }, () => NOT_FOUND), TOO_MANY];

// Evidence: A false sender behind a balancer.
test("connections behind a balancer count as those of the sender that its header names", async () => {
  await hold(PER_ADDRESS, BALANCER, headerOf(1));
  const refused = openTls(BALANCER, headerOf(1));
  await closeOf(refused);
  expect([refused.getProtocol(), refused.bytesRead]).toEqual([null, 0]);
  expect(await ask(openTls(BALANCER, headerOf(2)))).toBe(OK);
  for (const socket of sockets) socket.destroy();
  await expectOpen(0);
});

test("connections of one sender through two balancers, from the same port, keep a place each", async () => {
  const secured = vi.spyOn(world.broker().connectionsOf("public"), "secured");
  const port = await freePort();
  const both = [BALANCER, OTHER_BALANCER].map((each) => openTls(each, headerOf(8), port));
  await Promise.all(both.map((socket) => once(socket, "secureConnect")));
  await expect.poll(() => new Set(secured.mock.calls.map(([plain]) => plain)).size).toBe(2);
  secured.mockRestore();
});

// Evidence: A false sender behind a balancer.
test("a flood by one sender behind a balancer leaves the others their requests", async () => {
  world.logLines.length = 0;
  const flooder = openTls(BALANCER, headerOf(3));
  const answers: string[] = [];
  while (answers.length < FIVE_THEN_NONE.length) answers.push(await ask(flooder, "/nothing"));
  expect(answers).toEqual(FIVE_THEN_NONE);
  expect(await ask(openTls(BALANCER, headerOf(4)), "/nothing")).toBe(NOT_FOUND);
  expect(world.logLines.join("\n")).toContain('"address":"203.0.113.4"');
});

// Evidence: A false sender behind a balancer.
test("a flood by one sender behind a proxy leaves the others their requests, on one connection", async () => {
  const proxy = openTls(PROXY);
  const from = (sender: string) => ask(proxy, "/nothing", `x-forwarded-for: ${sender}\r\n`);
  const answers: string[] = [];
  // The first address is what the sender says of itself.
  while (answers.length < FIVE_THEN_NONE.length)
    answers.push(await from(`198.51.100.${String(answers.length)}, 203.0.113.5`));
  expect(answers).toEqual(FIVE_THEN_NONE);
  expect(await from("203.0.113.6")).toBe(NOT_FOUND);
});

// Evidence: A false sender behind a balancer.
test("an address in X-Forwarded-For is ignored where no proxy wrote it", async () => {
  const sender = openTls("127.0.0.22");
  const answers: string[] = [];
  while (answers.length < FIVE_THEN_NONE.length) {
    const invented = `x-forwarded-for: 198.51.100.${String(answers.length)}\r\n`;
    answers.push(await ask(sender, "/nothing", invented));
  }
  expect(answers).toEqual(FIVE_THEN_NONE);
});

test.each([
  ["of another address with a header", STRANGER, headerOf(7)],
  ["of a balancer without a header", BALANCER, undefined],
])("a connection %s is closed without a log line", async (_name, address, first) => {
  world.logLines.length = 0;
  const refused = openTls(address, first);
  await closeOf(refused);
  expect(refused.getProtocol()).toBeNull();
  expect(await ask(openTls(HONEST))).toBe(OK);
  expect(world.logLines.filter((line) => !line.includes("/healthz"))).toEqual([]);
});
