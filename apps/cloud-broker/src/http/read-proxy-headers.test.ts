import { once } from "node:events";
import { type AddressInfo, BlockList, connect, createServer, type Socket } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";

import { readProxyHeaders } from "./read-proxy-headers.ts";

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
