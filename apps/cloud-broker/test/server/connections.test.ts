// @module-tag one-engine

import { once } from "node:events";
import { connect as connectPlain, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { serveMetrics } from "../../src/observability/serve-metrics.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const PER_ADDRESS = 8;
const IN_SUM = 12;
const STRANGER = "127.0.0.7";
const HONEST = "127.0.0.8";

let world: BrokerWorld;
const sockets = new Set<Socket>();
beforeAll(async () => {
  world = await openBroker({
    settings: {
      MAX_CONNECTIONS_PER_ADDRESS: String(PER_ADDRESS),
      MAX_CONNECTIONS: String(IN_SUM),
    },
    replicas: 1,
  });
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});
afterAll(() => world[Symbol.asyncDispose]());

function openTls(localAddress: string): TLSSocket {
  const { hostname: servername, port } = new URL(world.url());
  const plain = connectPlain({ host: "127.0.0.1", port: Number(port), localAddress });
  const socket = connect({ socket: plain, servername, ca: world.caPem });
  plain.on("error", () => socket.destroy());
  socket.on("error", () => undefined);
  sockets.add(socket);
  return socket;
}

/** @returns the answer's first line; empty when the connection was closed without one */
async function ask(socket: TLSSocket): Promise<string> {
  let received = "";
  socket.on("data", (data) => {
    received += data.toString("latin1");
  });
  socket.write("GET /healthz HTTP/1.1\r\nhost: b\r\n\r\n");
  await Promise.race([once(socket, "data").catch(() => undefined), closeOf(socket)]);
  return received.split("\r\n", 1)[0] ?? "";
}

const closeOf = (socket: Socket): Promise<unknown> =>
  socket.destroyed ? Promise.resolve() : new Promise((resolve) => socket.once("close", resolve));

async function figure(name: string): Promise<string> {
  return world.broker().metrics.getSingleMetricAsString(name);
}

async function expectOpen(count: number): Promise<void> {
  await expect
    .poll(() => figure("databox_connections"))
    .toContain(`databox_connections{listener="public"} ${String(count)}`);
}

/** Idle connections of one address, each with its TLS session and one answered request. */
async function hold(count: number, address = STRANGER): Promise<readonly TLSSocket[]> {
  if (sockets.size === 0) await expectOpen(0);
  const held: TLSSocket[] = [];
  // One after another: the broker waits five seconds for the first request of each.
  while (held.length < count) {
    const socket = openTls(address);
    expect(await ask(socket)).toBe("HTTP/1.1 200 OK");
    held.push(socket);
  }
  return held;
}

test("idle connections of one address keep no other address out, and are refused before TLS", async () => {
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
  await using served = await serveMetrics(world.broker().metrics, {
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
