// @module-tag one-engine

import { createServer, type Server } from "node:net";

import { createPipelineRequest } from "@azure/core-rest-pipeline";
import { afterEach, beforeEach, expect, it } from "vitest";

import { observe } from "../../src/azure/exchange.ts";
import { createAzureTransport } from "../../src/azure/transport.ts";

let silent: Server;
let port: number;
beforeEach(async () => {
  silent = createServer((socket) => socket.on("error", () => undefined));
  port = await new Promise<number>((resolve) => {
    silent.listen(0, "127.0.0.1", () => {
      const address = silent.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
});
afterEach(() => {
  silent.close();
});

const call = async (timeout: number, connectTimeoutMs: number) => {
  const transport = createAzureTransport({ connectTimeoutMs });
  const { httpClient } = transport.clientOptions();
  const request = createPipelineRequest({ url: `https://127.0.0.1:${port}/`, timeout });
  const observed = await observe(() => httpClient.sendRequest(request));
  transport.close();
  return observed;
};

it("gives up a host that accepts and never greets, when its time to connect is over", async () => {
  expect(await call(10_000, 20)).toMatchObject({
    ok: false,
    exchange: { kind: "network", code: "ETIMEDOUT" },
  });
});

it("gives up a call when its whole time is over", async () => {
  expect(await call(20, 10_000)).toMatchObject({
    ok: false,
    exchange: { kind: "network", code: "ETIMEDOUT" },
  });
});
