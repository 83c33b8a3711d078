import { EventEmitter } from "node:events";

import { expect, test } from "vitest";

import { limitConnections } from "./limit-connections.ts";

test.each([
  ["one IPv6 host with many addresses", (index: number) => `fd00::${index.toString(16)}:1:2:3`],
  ["one IPv4 host", () => "192.0.2.7"],
])("%s gets half of the connections", (_name, addressOf) => {
  const server = Object.assign(new EventEmitter(), { maxConnections: 0 });
  limitConnections(server);
  const connect = (remoteAddress: string) => {
    let isClosed = false;
    const destroy = () => (isClosed = true);
    const socket = Object.assign(new EventEmitter(), { remoteAddress, destroy });
    server.emit("connection", socket);
    return { isClosed: () => isClosed, end: () => socket.emit("close") };
  };
  const opened = Array.from({ length: 33 }, (_, index) => connect(addressOf(index)));
  expect(opened.map(({ isClosed }) => isClosed()).indexOf(true)).toBe(32);
  expect(connect("198.51.100.1").isClosed()).toBe(false);
  opened[0]?.end();
  expect(connect(addressOf(0)).isClosed()).toBe(false);
});
