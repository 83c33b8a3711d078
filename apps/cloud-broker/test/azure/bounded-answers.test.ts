// @module-tag one-engine

import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { Agent } from "node:https";
import type { AddressInfo } from "node:net";
import { constants, createGzip, gzipSync } from "node:zlib";

import { createPipelineRequest } from "@azure/core-rest-pipeline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { observe } from "../../src/azure/exchange.ts";
import { createFetchByAgent } from "../../src/azure/fetch-by-agent.ts";
import { createAzureTransport } from "../../src/azure/transport.ts";
import { classifyNetworkFailure } from "../../src/core/classify-network-failure.ts";
import { createPostEvent } from "../../src/events/post-event.ts";
import { callWithin } from "../../src/http/call-within.ts";

const MEGABYTE = 1024 * 1024;
/** 400 MB of spaces within a JSON string, in less than half a megabyte. */
const BOMB = gzipSync(Buffer.alloc(400 * MEGABYTE, 0x20), { level: constants.Z_BEST_SPEED });
/** Sockets and streams may hold this much beyond the limit. */
const IN_FLIGHT_BYTES = 8 * MEGABYTE;

let server: Server;
let origin: string;
let sentBytes = 0;
const closed: (() => void)[] = [];
const agent = new Agent();
const azure = createAzureTransport({});
const events = createPostEvent(undefined);

/** Writes for ever, as fast as the other side reads. */
function pour(response: ServerResponse, chunk: Buffer): void {
  const write = (): void => {
    while (!response.destroyed) {
      sentBytes += chunk.byteLength;
      if (!response.write(chunk)) break;
    }
  };
  response.on("drain", write);
  write();
}

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/endless": (response) => {
    pour(response, Buffer.alloc(64 * 1024, 0x20));
  },
  "/bomb": (response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(BOMB);
  },
  "/endless-bomb": (response) => {
    response.setHeader("content-encoding", "gzip");
    const gzip = createGzip({ level: 1 });
    gzip.pipe(response);
    const chunk = Buffer.alloc(MEGABYTE);
    const write = (): void => {
      if (!response.destroyed) gzip.write(chunk, write);
    };
    write();
  },
  // One byte now and then: each wait for a byte is short, the whole is not.
  "/drip": (response) => {
    const timer = setInterval(() => response.write(" "), 5);
    response.once("close", () => {
      clearInterval(timer);
    });
  },
  "/honest": (response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync('{"value":1}'));
  },
  "/half": (response) => {
    response.setHeader("content-length", "100");
    response.write("{");
    setImmediate(() => response.destroy());
  },
  "/odd": (response) => {
    response.setHeader("content-encoding", "compress");
    response.end("{}");
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    sentBytes = 0;
    response.once("close", () => closed.splice(0).forEach((tell) => tell()));
    response.on("error", () => undefined);
    ANSWERS[request.url ?? ""]?.(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  azure.close();
  events[Symbol.dispose]();
  server.closeAllConnections();
  server.close();
});

/**
 * The sources of foreign bytes, each read by the broker's own means.
 *
 * @returns the code of the failure
 */
const WAYS: Readonly<Record<string, (path: string) => Promise<string | undefined>>> = {
  "a vault, Resource Manager, Entra or the metadata service, by their SDKs": async (path) => {
    const { httpClient } = azure.clientOptions();
    const request = createPipelineRequest({ url: `${origin}${path}`, timeout: 300_000 });
    const observed = await observe(() => httpClient.sendRequest(request));
    return observed.exchange?.kind === "network" ? observed.exchange.code : undefined;
  },
  "issuer keys, sign-in and pages of the portal, by fetch": async (path) => {
    const { signal } = new AbortController();
    return createFetchByAgent(agent)(`${origin}${path}`, { headers: {}, signal }).then(
      () => undefined,
      (error: unknown) => (error as { code: string }).code,
    );
  },
};

describe.each(Object.entries(WAYS))("the bytes of %s", (_name, call) => {
  test.each(["/endless", "/bomb", "/endless-bomb"])(
    // Evidence: An answer without an end.
    "ends at its limit, before and after decompression: %s",
    async (path) => {
      const end = new Promise<void>((resolve) => closed.push(resolve));
      expect(await call(path)).toBe("ANSWER_TOO_LARGE");
      await end;
      expect(sentBytes).toBeLessThan(IN_FLIGHT_BYTES);
    },
  );

  test.each([
    ["/half", "PARSE_ERROR"],
    ["/odd", "PARSE_ERROR"],
    ["/honest", undefined],
  ])("is read where it can be: %s", async (path, code) => {
    expect(await call(path)).toBe(code);
  });
});

// Evidence: An answer without an end.
test("a call ends when its whole time is over, however often a byte comes", async () => {
  const end = new Promise<void>((resolve) => closed.push(resolve));
  const call = { agent, method: "GET", headers: {} };
  await expect(
    callWithin({ maxBytes: MEGABYTE, timeMs: 60 }, `${origin}/drip`, call),
  ).rejects.toMatchObject({ code: "ETIMEDOUT" });
  await end;
});

// Evidence: An answer without an end.
test("a receiver's word counts by its status, and the rest of it is cut off at the limit", async () => {
  const end = new Promise<void>((resolve) => closed.push(resolve));
  expect(await events.post(`${origin}/endless`, {}, "{}")).toEqual({ status: 200 });
  await end;
  expect(sentBytes).toBeLessThan(IN_FLIGHT_BYTES);
});

// Evidence: An answer without an end.
test("an answer that is too large has no authority and is not a refusal", () => {
  const codes = (["vault", "entra", "imds", "resource-manager"] as const).map(
    (party) => classifyNetworkFailure("ANSWER_TOO_LARGE", party).code,
  );
  expect(codes).toEqual([
    "KeyVaultUnexpectedAnswer",
    "IdentityProviderUnreachable",
    "IdentityProviderUnreachable",
    "ResourceManagerUnreachable",
  ]);
});
