// @module-tag one-engine

import { createServer, type Server } from "node:net";

import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  RestError,
} from "@azure/core-rest-pipeline";
import { afterEach, beforeEach, expect, it } from "vitest";

import { observe } from "../../src/azure/exchange.ts";
import { createAzureTransport, retryAfterOf } from "../../src/azure/transport.ts";
import { createClockWatch } from "../../src/observability/clock-watch.ts";

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

it("leaves its time to the second address of a host whose first one is dead", () => {
  const transport = createAzureTransport({});
  // Node's own value is for networks without satellites and tunnels.
  expect(transport.agent.options).toMatchObject({ autoSelectFamilyAttemptTimeout: 500 });
  transport.close();
});

it("gives up a call when its whole time is over", async () => {
  expect(await call(20, 10_000)).toMatchObject({
    ok: false,
    exchange: { kind: "network", code: "ETIMEDOUT" },
  });
});

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Sends one request with a clock to compare. */
async function compare(
  url: string,
  sendRequest: HttpClient["sendRequest"],
  timeSources?: readonly string[],
) {
  const clock = createClockWatch(() => NOW_MS);
  const transport = createAzureTransport({
    httpClient: { sendRequest },
    clock,
    ...(timeSources !== undefined && { timeSources }),
  });
  const { httpClient } = transport.clientOptions();
  await observe(() => httpClient.sendRequest(createPipelineRequest({ url })));
  transport.close();
  return clock;
}
const dated: HttpClient["sendRequest"] = (request) =>
  Promise.resolve({
    request,
    status: 403,
    headers: createHttpHeaders({ date: new Date(NOW_MS - 7_200_000).toUTCString() }),
  });

it("compares our clock with the date of each answer, and not with that of our own machine", async () => {
  const ofVault = await compare("https://kv.vault.azure.net/keys/kek", dated);
  expect(ofVault.offsets()).toEqual({ azure: 7_200_000, database: undefined });
  const ofImds = await compare("http://169.254.169.254/metadata/identity/oauth2/token", dated);
  expect(ofImds.offsets()).toEqual({ azure: undefined, database: undefined });
});

it("takes the date of Entra ID and Resource Manager alone, where these are named", async () => {
  const sources = ["https://login.test", "https://arm.test"];
  const azureOf = async (url: string) => (await compare(url, dated, sources)).offsets().azure;
  expect(await azureOf("https://login.test/t/token")).toBe(7_200_000);
  expect(await azureOf("https://kv.vault.azure.net/keys/kek")).toBeUndefined();
});

it.each([
  ["CERT_HAS_EXPIRED", true],
  ["CERT_NOT_YET_VALID", true],
  ["ECONNREFUSED", false],
])("after %s, suspects our clock: %s", async (code, isSuspected) => {
  const clock = await compare("https://kv.vault.azure.net/", () =>
    Promise.reject(new RestError("no answer", { code })),
  );
  expect(clock.isSuspected()).toBe(isSuspected);
});

it.each([
  [{ "retry-after": "600" }, 600],
  [{ "retry-after": "99999" }, 3600],
  [{ "retry-after": "100000" }, 3600],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": "Tue, 01 Dec 2026 00:00:30 GMT", date: "Tue, 01 Dec 2026 00:00:00 GMT" }, 30],
  [{ "retry-after": "Tue, 01 Dec 1970 00:00:30 GMT" }, 0],
  [{ "retry-after-ms": "30000" }, 30],
  [{ "x-ms-retry-after-ms": "1" }, 1],
  [{ "retry-after-ms": "2000", "retry-after": "600" }, 2],
  [{ "retry-after": "-1" }, undefined],
  [{ "retry-after": "1.5" }, undefined],
  [{ "retry-after": "1e3" }, undefined],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "" }, undefined],
  [{ "retry-after": "5, 5" }, undefined],
  [{}, undefined],
])("the headers %j ask to wait %s seconds", (headers: Record<string, string>, seconds) => {
  expect(retryAfterOf((name) => headers[name])).toBe(seconds);
});
