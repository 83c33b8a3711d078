import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";

import { createCertificateAuthority } from "@databox-cmk/crypto";
import type { Interceptor } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { brokerAddress } from "../src/broker-client/broker-address.ts";
import { createTransport } from "../src/broker-client/transport.ts";
import { type AgentWorld, createPreparedWorld, seen } from "./agent-world.ts";
import { A, openNameServer } from "./name-server.ts";

let world: AgentWorld;
let original: string;

beforeAll(async () => {
  world = await createPreparedWorld();
  original = readFileSync(settingsPath(), "utf8");
  await world.unlock();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const settingsPath = () => join(world.stateDir, "agent.json");

function useConnection(change: Readonly<Record<string, unknown>>): void {
  const settings = JSON.parse(original) as { connection: object };
  const connection = { ...settings.connection, ...change };
  writeFileSync(settingsPath(), JSON.stringify({ ...settings, connection }), { mode: 0o600 });
}

const HTML = { "content-type": "text/html; charset=utf-8" };
const JSON_TYPE = { "content-type": "application/json" };
const JOSE = { "content-type": "application/jose" };
const arm = (code: string) => JSON.stringify({ error: { code, message: code } });

type Row = { readonly reason?: string; readonly code?: string; readonly answer: Interceptor };
const answered =
  (status: number, headers: Record<string, string>, body: string): Interceptor =>
  () => ({ status, headers, body });

const ANSWERS: Readonly<Record<string, Row>> = {
  "502 with the page of an ingress": {
    reason: "server-error",
    answer: answered(502, HTML, "<h1>502 Bad Gateway</h1>"),
  },
  "503 with the page of an ingress": {
    code: "BrokerBusy",
    answer: answered(503, HTML, "<h1>503 Service Unavailable</h1>"),
  },
  "511 in JSON": { reason: "captive-portal", answer: answered(511, JSON_TYPE, "{}") },
  "404 with a page": { reason: "server-error", answer: answered(404, HTML, "<h1>default</h1>") },
  "a redirect": {
    reason: "captive-portal",
    answer: answered(302, { location: "https://portal.invalid/" }, ""),
  },
  "403 in ARM's own words": {
    reason: "unsigned-answer",
    answer: answered(403, JSON_TYPE, arm("SsemUserErrorEncryptionKeyDisabled")),
  },
  "401 without a body": { reason: "unsigned-answer", answer: answered(401, {}, "") },
  "500 without a body": { reason: "server-error", answer: answered(500, {}, "") },
  "200 with JSON of another kind": {
    reason: "unsigned-answer",
    answer: answered(200, JSON_TYPE, '{"unlocked":true}'),
  },
  "a message that is none": { reason: "unsigned-answer", answer: answered(200, JOSE, "a.b.c") },
  "more bytes than any answer has": {
    reason: "unsigned-answer",
    answer: answered(200, JOSE, "x".repeat(65 * 1024)),
  },
  "an endless body": {
    reason: "unsigned-answer",
    answer: () => (response) => {
      response.writeHead(200, JOSE);
      const more = () => {
        while (response.writable && response.write("x".repeat(16 * 1024)));
        response.once("drain", more);
      };
      more();
    },
  },
  "half a body": {
    reason: "connection",
    answer: () => (response) => {
      response.writeHead(200, { ...JOSE, "content-length": "100" });
      response.write("eyJ", () => response.destroy());
    },
  },
  "a connection that closes unanswered": {
    reason: "connection",
    answer: () => (response) => {
      response.destroy();
    },
  },
  "another protocol": {
    reason: "unsigned-answer",
    answer: () => (response) => {
      response.socket?.end(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
      );
    },
  },
  silence: { reason: "timeout", answer: () => () => undefined },
  "503 with Retry-After": {
    code: "BrokerBusy",
    answer: answered(503, { ...JSON_TYPE, "retry-after": "7" }, arm("ServiceUnavailable")),
  },
  "429": { code: "BrokerBusy", answer: answered(429, JSON_TYPE, arm("TooManyRequests")) },
};

const PATHS = ["/device/v1/challenges", "/device/v1/unlocks"];

describe.each(PATHS)(
  // Evidence: A forged refusal.
  "an answer to %s without authority is unreachable, locks nothing, and outlasts nothing",
  (path) => {
    test.each(Object.entries(ANSWERS))("%s", async (_name, row) => {
      useConnection({});
      world.broker.intercept = (exchange) =>
        exchange.path === path ? row.answer(exchange) : exchange.answer;
      const event = await world.unlock({
        totalTimeoutMs: row.reason === "timeout" ? 300 : 300_000,
      });
      expect(seen(event)).toEqual({
        exit: 4,
        outcome: "unreachable",
        code: row.code ?? "BrokerUnreachable",
        reason: row.reason,
      });
      expect(seen(await world.status())).toMatchObject({ outcome: "unlocked" });
      world.broker.intercept = undefined;
      expect(seen(await world.unlock())).toMatchObject({ exit: 0 });
    });
  },
);

test("how long a busy broker wants to be left alone is passed on", async () => {
  useConnection({});
  world.broker.intercept = ({ answer }) => ({
    ...answer,
    status: 503,
    headers: { "retry-after": "7" },
  });
  expect(await world.unlock()).toMatchObject({ code: "BrokerBusy", retryAfterSeconds: 7 });
  world.broker.intercept = undefined;
});

const NXDOMAIN = 3;
const SERVFAIL = 2;
const addressOf = (...bytes: number[]) => ({ type: A, data: Buffer.from(bytes) });

describe("a network that does not lead to the broker", () => {
  test("its certificate is of another authority", async () => {
    const { certificatePem } = createCertificateAuthority({
      commonName: "another authority",
      validityDays: 1,
    });
    const file = join(world.folder, "other-ca.pem");
    writeFileSync(file, certificatePem, { mode: 0o600 });
    useConnection({ certificateAuthorityFile: file });
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, reason: "certificate" });
  });

  test("its authority's file is damaged", async () => {
    const file = join(world.folder, "damaged-ca.pem");
    const pem = readFileSync(join(world.stateDir, "broker-ca.pem"), "utf8");
    writeFileSync(file, pem.replace(/M/, "?"), { mode: 0o600 });
    useConnection({ certificateAuthorityFile: file });
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, reason: "certificate" });
  });

  test("its certificate is for another name", async () => {
    const { port } = new URL(world.broker.url);
    useConnection({ brokerUrl: `https://elsewhere.localhost:${port}` });
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, reason: "certificate" });
  });

  test("no server listens", async () => {
    const { port, server } = await listen(() => undefined);
    server.close();
    useConnection({ brokerUrl: `https://broker.localhost:${String(port)}` });
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, reason: "connection" });
  });

  test.each([
    ["sends the page of a proxy", "HTTP/1.1 407 \r\n\r\n", "unsigned-answer"],
    // RFC 6066 §3: a fatal alert, unrecognized_name.
    ["filters the server's name", Buffer.from("15030300020270", "hex"), "connection"],
  ])("the server there %s", async (_case, bytes, reason) => {
    const { port, server } = await listen((socket) => {
      socket.end(bytes).resume();
    });
    useConnection({ brokerUrl: `https://broker.localhost:${String(port)}` });
    const event = await world.unlock();
    server.close();
    expect(seen(event)).toMatchObject({ exit: 4, code: "BrokerUnreachable", reason });
  });

  test.each([
    ["does not exist", NXDOMAIN, [], "dns"],
    ["cannot be looked up", SERVFAIL, [], "dns"],
    ["has no address", 0, [], "dns"],
    ["has a dead address", 0, [addressOf(127, 0, 0, 99)], "connection"],
  ])("its name %s, until the right answer opens at once", async (_case, wrong, wrongly, reason) => {
    let code = wrong;
    const answers = [...wrongly];
    const opened = await openNameServer("127.0.0.1", answers, () => code);
    using cleanup = new DisposableStack();
    cleanup.defer(() => opened.socket.close());
    const names = { dnsServer: opened.address, resolveLocalhost: false };
    useConnection(names);
    // A daemon's, which stays.
    using transport = createTransport({
      addresses: [brokerAddress(world.broker.url, names)],
      certificateAuthority: () => readFileSync(join(world.stateDir, "broker-ca.pem"), "utf8"),
    });
    const ask = () => transport.post("/x", "application/json", "{}", AbortSignal.timeout(20_000));
    const doctor = async () => {
      const { checks = [] } = await world.run({ command: "doctor" });
      return checks.find(({ name }) => name === (reason === "dns" ? "name" : "connection"))?.status;
    };
    await expect(ask()).rejects.toMatchObject({ code: "BrokerUnreachable", reason });
    expect(seen(await world.unlock())).toMatchObject({ exit: 4, reason });
    expect(await doctor()).toBe("failed");
    code = 0;
    answers.splice(0, Infinity, addressOf(127, 0, 0, 1));
    expect(await ask()).toMatchObject({ authority: new URL(world.broker.url).host });
    expect(seen(await world.unlock())).toMatchObject({ exit: 0 });
    expect(seen(await world.status())).toMatchObject({ outcome: "unlocked" });
    expect(await doctor()).toBe("passed");
  });

  test("the first of two addresses is dead: it is left before the deadline, and not asked next", async () => {
    let connections = 0;
    const { port, server } = await listen((socket) => {
      connections += 1;
      socket.resume();
    });
    const urls = [`https://broker.localhost:${String(port)}`, world.broker.url];
    using transport = createTransport({
      addresses: urls.map((url) => brokerAddress(url, { resolveLocalhost: true })),
      certificateAuthority: () => readFileSync(join(world.stateDir, "broker-ca.pem"), "utf8"),
      connectTimeoutMs: 300_000,
    });
    const ask = () => transport.post("/x", "application/json", "{}", AbortSignal.timeout(60_000));
    const authority = new URL(world.broker.url).host;
    expect(await ask()).toMatchObject({ authority });
    expect(await ask()).toMatchObject({ authority });
    server.close();
    expect(connections).toBe(1);
  });

  test("no address connects: each is named, and the one that is tried last has all of the time", async () => {
    const silent = await listen((socket) => socket.resume());
    let isUp = true;
    const second = await listen((socket) => {
      if (!isUp) {
        socket.destroy();
        return;
      }
      const broker = connect(Number(new URL(world.broker.url).port), "127.0.0.1");
      broker.on("error", () => undefined);
      socket.once("close", () => broker.destroy());
      socket.pipe(broker).pipe(socket);
    });
    const urls = [silent, second].map(({ port }) => `https://broker.localhost:${String(port)}`);
    using transport = createTransport({
      addresses: urls.map((url) => brokerAddress(url, { resolveLocalhost: true })),
      certificateAuthority: () => readFileSync(join(world.stateDir, "broker-ca.pem"), "utf8"),
      connectTimeoutMs: 2_500,
    });
    const ask = () => transport.post("/x", "application/json", "{}", AbortSignal.timeout(60_000));
    const [first = "", last = ""] = urls.map((url) => new URL(url).host);
    world.broker.intercept = answered(404, { connection: "close" }, "{}");
    expect(await ask()).toMatchObject({ status: 404, authority: last });
    world.broker.intercept = undefined;
    isUp = false;
    await expect(ask()).rejects.toMatchObject({
      detail: expect.stringMatching(
        new RegExp(`^${last}: .*; ${first}: no connection within 2500 ms$`),
      ),
    });
    silent.server.close();
    second.server.close();
  });

  test("an ingress without its broker answers: the next message goes to the other address", async () => {
    const second = world.broker.url.replace("broker.localhost", "127.0.0.1");
    using transport = createTransport({
      addresses: [world.broker.url, second].map((url) =>
        brokerAddress(url, { resolveLocalhost: true }),
      ),
      certificateAuthority: () => readFileSync(join(world.stateDir, "broker-ca.pem"), "utf8"),
    });
    const ask = () => transport.post("/x", "application/json", "{}", AbortSignal.timeout(30_000));
    world.broker.intercept = answered(502, HTML, "<h1>502 Bad Gateway</h1>");
    expect(await ask()).toMatchObject({ status: 502, authority: new URL(world.broker.url).host });
    world.broker.intercept = undefined;
    expect(await ask()).toMatchObject({ authority: new URL(second).host });
  });

  test("a balancer with a dead backend is left; an answer that its caller gave up says nothing", async () => {
    const second = world.broker.url.replace("broker.localhost", "127.0.0.1");
    const notes: string[] = [];
    using transport = createTransport({
      addresses: [world.broker.url, second].map((url) =>
        brokerAddress(url, { resolveLocalhost: true }),
      ),
      certificateAuthority: () => readFileSync(join(world.stateDir, "broker-ca.pem"), "utf8"),
      noted: (...note) => notes.push(note.join(" ")),
    });
    const ask = (deadline = AbortSignal.timeout(30_000)) =>
      transport.post("/x", "application/json", "{}", deadline);
    const stop = new AbortController();
    world.broker.intercept = () => () => stop.abort();
    await expect(
      ask(AbortSignal.any([stop.signal, AbortSignal.timeout(30_000)])),
    ).rejects.toMatchObject({ code: "BrokerUnreachable" });
    expect(notes).toEqual([]);
    world.broker.intercept = () => () => undefined;
    await expect(ask(AbortSignal.timeout(500))).rejects.toMatchObject({ reason: "timeout" });
    world.broker.intercept = undefined;
    await ask();
    const [one, other] = [world.broker.url, second].map((url) => new URL(url).host);
    expect(notes).toEqual([`${one} left`, `${other} answers`]);
  });

  test("the server never answers the handshake: given up long before the command's deadline", async () => {
    const { port, server } = await listen((socket) => socket.resume());
    using transport = createTransport({
      addresses: [
        brokerAddress(`https://broker.localhost:${String(port)}`, { resolveLocalhost: true }),
      ],
      certificateAuthority: () => undefined,
      connectTimeoutMs: 50,
    });
    const deadline = AbortSignal.timeout(300_000);
    await expect(
      transport.post("/device/v1/challenges", "application/json", "{}", deadline),
    ).rejects.toMatchObject({ reason: "timeout", detail: "no connection within 50 ms" });
    server.close();
  });
});

async function listen(onConnection: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on("error", () => undefined); // the agent hangs up
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  return { server, port: address.port };
}
