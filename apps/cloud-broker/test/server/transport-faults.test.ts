// @module-tag one-engine
import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import { connect } from "node:tls";

import type { JsonObject } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import type { Transport } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createTurnAway } from "../../src/api/front/turn-away.ts";
import { createHandler } from "../../src/http/express-adapter.ts";
import type { BrokenRequest } from "../../src/http/listen.ts";
import type { Answer, ServedRoute, RouteRequest } from "../../src/http/route.ts";
import { noSpans } from "../../src/http/spans.ts";
import { readAnswers } from "../door/read-answers.ts";
import { CA_PEM, type OpenListener, openListener } from "../world/open-listener.ts";

const MAX_BYTES = 64;

const echo = (request: RouteRequest & { readonly body?: JsonObject | string }): Promise<Answer> =>
  Promise.resolve({
    status: 200,
    body: { json: { parameters: request.parameters, body: request.body, path: request.path } },
  });
const ROUTES: readonly ServedRoute[] = [
  {
    method: "GET",
    path: "/things/:name",
    authentication: "public",
    reads: "nothing",
    handle: echo,
  },
  {
    method: "PUT",
    path: "/things/:name",
    authentication: "public",
    reads: "json",
    maxBytes: MAX_BYTES,
    handle: echo,
  },
  {
    method: "POST",
    path: "/optional",
    authentication: "public",
    reads: "json",
    maxBytes: MAX_BYTES,
    optional: true,
    handle: echo,
  },
  {
    method: "POST",
    path: "/messages",
    authentication: "device",
    reads: "jose",
    maxBytes: MAX_BYTES,
    handle: echo,
  },
  {
    method: "POST",
    path: "/private",
    authentication: "caller",
    action: "Microsoft.DataBox/operator/private/write",
    reads: "json",
    maxBytes: MAX_BYTES,
    handle: echo,
  },
  {
    method: "POST",
    path: "/broken",
    authentication: "public",
    reads: "nothing",
    handle: () => Promise.reject(new TypeError("secret thing")),
  },
  {
    method: "GET",
    path: "/unsendable",
    authentication: "public",
    reads: "nothing",
    handle: () => Promise.resolve({ status: 200, headers: { location: "/secret thing\r\n" } }),
  },
];

let server: OpenListener;
let transport: Transport;
let isBusy = false;
const refused: BrokenRequest[] = [];
const faults: unknown[] = [];
let ended = 0;
beforeAll(async () => {
  const handler = createHandler(ROUTES, {
    spans: noSpans,
    authenticate: () =>
      Promise.reject(new AppError("AuthenticationFailed", { reason: "missing-token" })),
    admit() {
      if (isBusy) throw new AppError("TooManyRequests", { facts: { retryAfterSeconds: 7 } });
    },
    served: () => Promise.resolve(),
    failed: (fault) => faults.push(fault),
    ended() {
      ended += 1;
    },
    bearerChallenge: 'Bearer authorization="https://login.localhost/tenant"',
  });
  server = await openListener(handler, {
    timeouts: { handshakeMs: 5_000, headersMs: 150, requestMs: 300, checkMs: 50 },
    refuse(request) {
      refused.push(request);
      if (isBusy) return new AppError("TooManyRequests", { facts: { retryAfterSeconds: 7 } });
      return request.error;
    },
  });
  ({ transport } = server);
});
afterAll(() => server[Symbol.asyncDispose]());

const json = { "content-type": "application/json" };
type Fault = {
  readonly request: readonly [
    string,
    string,
    { headers?: Record<string, string>; body?: string | Buffer }?,
  ];
  readonly status: number;
  readonly code: string;
  readonly headers?: Record<string, unknown>;
  readonly detail?: string;
};
const FAULTS: Readonly<Record<string, Fault>> = {
  "an unknown path": { request: ["GET", "/nothing"], status: 404, code: "NotFound" },
  "a path with invalid percent-encoding": {
    request: ["GET", "/things/%ZZ"],
    status: 404,
    code: "NotFound",
  },
  "a path that climbs": {
    request: ["GET", "/things/../../etc/passwd"],
    status: 404,
    code: "NotFound",
  },
  "another method": {
    request: ["DELETE", "/things/x"],
    status: 405,
    code: "MethodNotAllowed",
    headers: { allow: "GET, PUT" },
  },
  "a body of another media type": {
    request: ["PUT", "/things/x", { headers: { "content-type": "text/plain" }, body: "{}" }],
    status: 415,
    code: "UnsupportedMediaType",
    detail: "expected application/json",
  },
  "a body without media type": {
    request: ["PUT", "/things/x", { body: "{}" }],
    status: 415,
    code: "UnsupportedMediaType",
  },
  "a compressed body": {
    request: ["PUT", "/things/x", { headers: { ...json, "content-encoding": "gzip" }, body: "{}" }],
    status: 415,
    code: "UnsupportedMediaType",
    detail: "Content-Encoding",
  },
  "a body that says it is too long": {
    request: ["PUT", "/things/x", { headers: json, body: "x".repeat(MAX_BYTES + 1) }],
    status: 413,
    code: "RequestBodyTooLarge",
  },
  "a body that turns out too long": {
    request: [
      "PUT",
      "/things/x",
      { headers: { ...json, "transfer-encoding": "chunked" }, body: "x".repeat(MAX_BYTES + 1) },
    ],
    status: 413,
    code: "RequestBodyTooLarge",
  },
  "a device message that is too long": {
    request: [
      "POST",
      "/messages",
      { headers: { "content-type": "application/jose" }, body: "x".repeat(MAX_BYTES + 1) },
    ],
    status: 413,
    code: "DeviceMessageTooLarge",
  },
  "a body that is not JSON": {
    request: ["PUT", "/things/x", { headers: json, body: "{" }],
    status: 400,
    code: "InvalidRequestContent",
    detail: "not JSON",
  },
  "a body that is an array": {
    request: ["PUT", "/things/x", { headers: json, body: "[]" }],
    status: 400,
    code: "InvalidRequestContent",
  },
  "a body that names a member twice": {
    request: ["PUT", "/things/x", { headers: json, body: '{"a":1,"\\u0061":2}' }],
    status: 400,
    code: "InvalidRequestContent",
    detail: "repeated",
  },
  "a body that is not UTF-8": {
    request: ["PUT", "/things/x", { headers: json, body: Buffer.from([0x7b, 0xff, 0x7d]) }],
    status: 400,
    code: "InvalidRequestContent",
    detail: "UTF-8",
  },
  "an empty body where one is needed": {
    request: ["PUT", "/things/x", { headers: json }],
    status: 400,
    code: "InvalidRequestContent",
  },
  "no token": {
    request: ["POST", "/private", { headers: json, body: "{" }],
    status: 401,
    code: "AuthenticationFailed",
    headers: { "www-authenticate": 'Bearer authorization="https://login.localhost/tenant"' },
  },
  "an answer that cannot be sent": {
    request: ["GET", "/unsendable"],
    status: 500,
    code: "InternalError",
  },
  "a fault of our own": {
    request: ["POST", "/broken"],
    status: 500,
    code: "InternalError",
  },
};

// Evidence: A crafted input that occupies the processor.
describe("the server answers in ARM's shape to", () => {
  test.each(Object.entries(FAULTS))("%s", async (_name, fault) => {
    const answer = await transport.send(...fault.request);
    expect(answer.status).toBe(fault.status);
    expect(answer.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "x-ms-error-code": fault.code,
      "cache-control": "no-store",
      ...fault.headers,
    });
    const { error } = JSON.parse(answer.text) as { error: { code: string; message: string } };
    expect(error.code).toBe(fault.code);
    expect(error.message).toContain(fault.detail ?? "");
    expect(answer.text).not.toContain("secret thing");
    expect(answer.headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("too many requests, with the time to wait", async () => {
    isBusy = true;
    const answer = await transport.send("GET", "/things/x");
    isBusy = false;
    expect(answer).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
  });
});

describe("the server", () => {
  // Evidence: Paths and names that are not normalised.
  test("matches paths without regard to case and decodes their names", async () => {
    const answer = await transport.send("GET", "/THINGS/a%20b%2Fc");
    expect(JSON.parse(answer.text)).toMatchObject({ parameters: { name: "a b/c" } });
  });

  test("treats an empty body as an empty object where a body is optional", async () => {
    const answer = await transport.send("POST", "/optional");
    expect(JSON.parse(answer.text)).toMatchObject({ body: {} });
  });

  test("echoes a client's ids when they are ids, and nothing else of its headers", async () => {
    const good = await transport.send("GET", "/things/x", {
      headers: { "x-ms-client-request-id": "client-1", "x-ms-correlation-request-id": "chain-1" },
    });
    expect(good.headers).toMatchObject({
      "x-ms-client-request-id": "client-1",
      "x-ms-correlation-request-id": "chain-1",
    });
    const bad = await transport.send("GET", "/things/x", {
      headers: { "x-ms-client-request-id": "<script>" },
    });
    expect(bad.headers["x-ms-client-request-id"]).toBe(undefined);
    expect(bad.headers["x-ms-correlation-request-id"]).toBe(bad.headers["x-ms-request-id"]);
  });

  const RAW: Readonly<Record<string, readonly [string, RegExp]>> = {
    "a header that never ends is cut off": [
      "GET /things/x HTTP/1.1\r\nhost: b\r\nx: ",
      /^HTTP\/1.1 408/,
    ],
    "a body that never comes is cut off": [
      "PUT /things/x HTTP/1.1\r\nhost: b\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{",
      /^HTTP\/1.1 408/,
    ],
    "a header that is too long is refused": [
      `GET /things/x HTTP/1.1\r\nhost: b\r\nx: ${"y".repeat(17_000)}\r\n\r\n`,
      /^HTTP\/1.1 431/,
    ],
    "text that is not HTTP is refused": ["\0\0\0\0\r\n\r\n", /^HTTP\/1.1 400/],
    "a body with two lengths is refused": [
      "PUT /things/x HTTP/1.1\r\nhost: b\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n",
      /^HTTP\/1.1 400/,
    ],
  };
  test.each(Object.entries(RAW))(
    // Evidence: One slow connection.
    "stays free when it is sent rubbish: %s",
    async (_name, [text, expected]) => {
      expect(await sendRaw(text)).toMatch(expected);
      expect((await transport.send("GET", "/things/x")).status).toBe(200);
    },
  );
});

describe("no path leads past our own answers:", () => {
  const TARGETS = [
    "//[",
    "///",
    "//:0",
    "//@",
    "*",
    "b:443",
    "http://[",
    "?",
    "ftp://x/",
    "/%",
    "/ ",
  ];
  const HOSTILE: Readonly<Record<string, string>> = {
    ...Object.fromEntries(
      TARGETS.map((target) => [`the target ${target}`, `GET ${target} HTTP/1.1\r\nhost: b\r\n`]),
    ),
    "OPTIONS *": "OPTIONS * HTTP/1.1\r\nhost: b\r\n",
    CONNECT: "CONNECT b:443 HTTP/1.1\r\nhost: b\r\n",
    "no Host": "GET /healthz HTTP/1.1\r\n",
    "an unknown expectation": "GET /nothing HTTP/1.1\r\nhost: b\r\nexpect: x\r\n",
    "an upgrade":
      "GET /nothing HTTP/1.1\r\nhost: b\r\nconnection: upgrade\r\nupgrade: websocket\r\n",
    "HTTP/2": "PRI * HTTP/2.0\r\n",
    "no method": " / HTTP/1.1\r\nhost: b\r\n",
  };
  test.each(Object.entries(HOSTILE))("%s", async (_name, head) => {
    const answer = await sendRaw(`${head}connection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    expect(answer).toMatch(/\r\nx-ms-error-code: \w+\r\n/);
    expect(answer).toMatch(/\r\nx-ms-request-id: [\da-f-]{36}\r\n/);
    expect(answer).toMatch(/\r\ncontent-type: application\/json; charset=utf-8\r\n/);
    expect(answer).toMatch(/"error":\{"code":"\w+"/);
    expect(answer).not.toMatch(/<html|<pre|node_modules|\.ts:/);
  });

  // Evidence: Hostile bytes at the door.
  test("the front learns of a request that the parser refuses, and may answer that there were too many", async () => {
    const before = refused.length;
    isBusy = true;
    const answer = await sendRaw("\0\0\0\0\r\n\r\n");
    isBusy = false;
    expect(answer).toMatch(/^HTTP\/1.1 429 [^]*\r\nretry-after: 7\r\n/);
    expect(refused.slice(before)).toMatchObject([
      { status: 400, address: "127.0.0.1", cause: expect.stringMatching(/^HPE_/) as string },
    ]);
  });

  // Evidence: Hostile bytes at the door.
  test("for any outcome of a request, its end is reported once, and failures on the way are reported too", async () => {
    ended = 0;
    faults.length = 0;
    for (const target of ["//[", "/nothing", "/things/x", "/broken", "/unsendable"])
      await sendRaw(`GET ${target} HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n`);
    expect(ended).toBe(5);
    expect(faults).toMatchObject([{ code: "ERR_INVALID_CHAR" }]);
  });

  test("an absolute target counts by its path, for any host", async () => {
    for (const host of ["http://b", "HTTPS://other.example:1"])
      expect(
        await sendRaw(`GET ${host}/things/x HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n`),
      ).toMatch(/^HTTP\/1.1 200 [^]*"path":"\/things\/x"/);
  });

  test("a body is asked for only after its sender was let in", async () => {
    expect(await sendRaw(`${headOfUpload("POST", "/private")}\r\n`)).toMatch(/^HTTP\/1.1 401 /);
    expect(await sendRaw(`${headOfUpload("PUT", "/things/x")}connection: close\r\n\r\n{}`)).toMatch(
      /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /,
    );
  });
});

describe("requests that are sent at once on one connection", () => {
  const good = "GET /things/x HTTP/1.1\r\nhost: b\r\n\r\n";
  const last = "GET /things/x HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n";

  // Evidence: Hostile bytes at the door.
  test("are answered in their order, and the first bytes that are not HTTP end the connection", async () => {
    expect(statusesOf(await sendRaw(`${good}${good}\0\0\r\n\r\n`))).toEqual([200, 200, 400]);
    expect(statusesOf(await sendRaw(`${good}\0\0\r\n\r\n${good}`))).toEqual([200, 400]);
  });

  test("are answered as far as they were read, and their sender can repeat the others", async () => {
    const statuses = statusesOf(await sendRaw(`${good.repeat(999)}${last}`));
    expect(statuses.length).toBeGreaterThan(50);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

// Evidence: Hostile bytes at the door.
test("an idle connection is closed, even if its client still owes data", async () => {
  await using quiet = await openListener(() => undefined, {
    timeouts: {
      handshakeMs: 5_000,
      headersMs: 60_000,
      requestMs: 60_000,
      checkMs: 60_000,
      silenceMs: 50,
    },
  });
  expect(await sendRaw("GET / HTTP/1.1\r\nhost: b\r\n\r\n", quiet.listener.port)).toBe("");
});

test("a slow handshake is cut off, not answered: a late client would take that for an answer", async () => {
  await using strict = await openListener(() => undefined, {
    timeouts: { handshakeMs: 50, headersMs: 5_000, requestMs: 5_000, checkMs: 1_000 },
  });
  const socket = connectPlain({ host: "127.0.0.1", port: strict.listener.port }).resume();
  await once(socket, "close");
  expect(socket.bytesRead).toBe(0);
});

test.each(["content-length: 1000000", "transfer-encoding: chunked"])(
  "a client that is turned away with a body of unknown end (%s) gets its answer, and reading stops",
  async (length) => {
    await using busy = await listenBusy();
    const text = `POST /device/v1/unlocks HTTP/1.1\r\nhost: b\r\n${length}\r\n\r\n`;
    expect(await sendRaw(text, busy.listener.port)).toMatch(
      /^HTTP\/1.1 503 [^]*connection: close\r\n/i,
    );
  },
);

test("a rejected client may send the rest of a short message later, and then the next one", async () => {
  await using busy = await listenBusy();
  const socket = connectToBroker(busy.listener.port);
  const head = "POST /device/v1/challenges HTTP/1.1\r\nhost: b\r\ncontent-length: 16\r\n\r\n";
  socket.write(head);
  const [first] = (await once(socket, "data")) as [string];
  socket.write(`{"serial":"DB1"}${head}`);
  const [second] = (await once(socket, "data")) as [string];
  expect([first, second].map((answer) => answer.slice(0, 12))).toEqual(
    Array.from({ length: 2 }, () => "HTTP/1.1 503"),
  );
  socket.destroy();
});

const statusesOf = (received: string): readonly number[] =>
  readAnswers(received).map(({ status }) => status);

const headOfUpload = (method: string, path: string): string =>
  `${method} ${path} HTTP/1.1\r\nhost: b\r\ncontent-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n`;

/** Rejects every request. */
const listenBusy = (): Promise<OpenListener> =>
  openListener(
    createTurnAway({
      metrics: { turnedAway: () => undefined },
      log: () => undefined,
      now: () => 0,
    }).answer,
  );

/** Sends text over TLS and reads until the server closes. */
function sendRaw(text: string, port = server.listener.port): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let received = "";
  const socket = connectToBroker(port);
  socket.on("data", (chunk: string) => {
    received += chunk;
  });
  socket.on("error", () => {
    resolve(received);
  });
  socket.on("close", () => {
    resolve(received);
  });
  socket.write(text);
  return promise;
}

const connectToBroker = (port: number) =>
  connect({
    host: "127.0.0.1",
    port,
    servername: "broker.localhost",
    ca: CA_PEM,
  }).setEncoding("utf8");
