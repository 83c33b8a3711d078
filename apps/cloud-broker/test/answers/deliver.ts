import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";

import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { namesOf } from "@databox-cmk/errors";
import * as z from "zod";

import { createAzureTransport } from "../../src/azure/transport.ts";
import type { Answer } from "./calls.ts";

/** How an answer can come, and break, on its way. */
export type Delivery = keyof typeof DELIVERIES;
const { setTimeout: setRealTimeout } = globalThis;

type Parts = {
  readonly status: number;
  readonly headers: Answer["headers"];
  readonly body: Buffer;
};

function head({ status, headers }: Parts, more: Answer["headers"], version = "1.1"): string {
  const lines = Object.entries({ ...headers, ...more, connection: "close" });
  return `HTTP/${version} ${status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}
const lengthOf = (body: Buffer) => ({ "content-length": String(body.length) });
const chunk = (body: Buffer): string => `${body.length.toString(16)}\r\n${body.toString("latin1")}`;
const whole = (parts: Parts, more: Answer["headers"] = {}): Buffer =>
  Buffer.concat([Buffer.from(head(parts, { ...lengthOf(parts.body), ...more })), parts.body]);
const CHUNKED = { "transfer-encoding": "chunked" };

/** The bytes of an answer; undefined after it: the connection is reset. */
const DELIVERIES = {
  silent: () => [],
  reset: () => [undefined],
  "reset after the head": (parts: Parts) => [head(parts, lengthOf(parts.body)), undefined],
  half: (parts: Parts) => [whole(parts).subarray(0, -(parts.body.length >> 1) - 1), undefined],
  "half of the chunks": (parts: Parts) => [head(parts, CHUNKED) + chunk(parts.body).slice(0, -5)],
  "a longer length": (parts: Parts) => [
    whole(parts, { "content-length": String(parts.body.length + 10) }),
  ],
  "a shorter length": (parts: Parts) => [
    whole(parts, { "content-length": String(Math.max(1, parts.body.length - 10)) }),
  ],
  "two lengths": (parts: Parts) => [
    whole(parts, { "Content-Length": String(parts.body.length + 1) }),
  ],
  "length and chunks": (parts: Parts) => [
    `${head(parts, { ...lengthOf(parts.body), ...CHUNKED })}${chunk(parts.body)}\r\n0\r\n\r\n`,
  ],
  "not HTTP": () => ["SSH-2.0-OpenSSH_9.9\r\n"],
  gzip: (parts: Parts) => {
    const body = gzipSync(parts.body);
    return [whole({ ...parts, body }, { "content-encoding": "gzip" })];
  },
  "half of gzip": (parts: Parts) => {
    const body = gzipSync(parts.body).subarray(0, -10);
    return [whole({ ...parts, body }, { "content-encoding": "gzip" })];
  },
  "a gzip bomb": (parts: Parts) => {
    const body = gzipSync(Buffer.alloc(20_000_000, 32));
    return [whole({ ...parts, body }, { "content-encoding": "gzip" })];
  },
  "false gzip": (parts: Parts) => [
    whole({ ...parts, body: Buffer.from("not gzip") }, { "content-encoding": "gzip" }),
  ],
  "an unknown coding": (parts: Parts) => [whole(parts, { "content-encoding": "zz" })],
  "early hints first": (parts: Parts) => [
    "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n",
    whole(parts),
  ],
  "only early hints": () => ["HTTP/1.1 103 Early Hints\r\n\r\n"],
  "no length": (parts: Parts) => [Buffer.concat([Buffer.from(head(parts, {})), parts.body])],
  "HTTP 1.0": (parts: Parts) => [
    Buffer.concat([Buffer.from(head(parts, lengthOf(parts.body), "1.0")), parts.body]),
  ],
  "a bad header": (parts: Parts) => [whole(parts, { "x bad": "1" })],
} as const satisfies Record<string, (parts: Parts) => readonly (string | Buffer | undefined)[]>;

export const DELIVERY_NAMES = namesOf(DELIVERIES);

/** Answers calls with bytes through a socket, by the broker's own HTTP client. */
export async function openDeliveries() {
  const prepared = new Map<string, readonly (string | Buffer | undefined)[]>();
  const server = createServer((socket: Socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data) => {
      const path = /^\w+ (\S+)/.exec(data.toString("latin1"))?.[1] ?? "";
      for (const bytes of prepared.get(path) ?? []) {
        if (bytes === undefined) {
          setRealTimeout(() => socket.resetAndDestroy(), 2);
          return;
        }
        socket.write(bytes);
      }
      socket.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const transport = createAzureTransport({});
  const { httpClient } = transport.clientOptions();
  let count = 0;
  /** An address that gives this answer. */
  const prepare = ({ status, headers, body }: Answer, delivery: Delivery): URL => {
    const path = `/${String((count += 1))}`;
    prepared.set(path, DELIVERIES[delivery]({ status, headers, body: Buffer.from(body) }));
    return new URL(`http://127.0.0.1:${String(port)}${path}`);
  };
  return {
    prepare,
    async deliver(
      request: PipelineRequest,
      answer: Answer,
      delivery: Delivery,
    ): Promise<PipelineResponse> {
      const { url } = request;
      const address = prepare(answer, delivery);
      request.url = address.href;
      try {
        return await httpClient.sendRequest(request);
      } finally {
        request.url = url;
        prepared.delete(address.pathname);
      }
    },
    close() {
      transport.close();
      server.close();
    },
  };
}
