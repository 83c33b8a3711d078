// @module-tag one-engine

import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";

import type { DeviceClient } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";

import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { type Assault, createRandom, makeAssault, type Random } from "./hostile-bytes.ts";
import { type LiveResources, watchResources } from "./live-resources.ts";
import { readAnswers, type WireAnswer } from "./read-answers.ts";

// A hundred thousand in the long run: `DOOR_FUZZ_REQUESTS=100000 vitest run --testTimeout=3600000
// door-fuzz`.
// oxlint-disable-next-line node/no-process-env -- a test has no configuration of its own
const { DOOR_FUZZ_REQUESTS = "3000", DOOR_FUZZ_SEED = "20261126" } = process.env;
const REQUESTS = Number(DOOR_FUZZ_REQUESTS);
const SEED = Number(DOOR_FUZZ_SEED);
const BATCH_REQUESTS = 1_000;
const AT_ONCE = 24;
const ERROR = z.object({ error: z.object({ code: z.string() }) });
/**
 * Of the heap in use, from one batch to the last one; what a request leaves behind would be many
 * times that.
 */
const HEAP_GROWTH_BYTES = 12_000_000;

let world: BrokerWorld;
let honest: DeviceClient;
const warnings: Error[] = [];
const noteWarning = (warning: Error) => {
  warnings.push(warning);
};
beforeAll(async () => {
  process.on("warning", noteWarning);
  world = await openBroker({ replicas: 1 });
  honest = await world.delivered("door");
});
afterAll(async () => {
  process.off("warning", noteWarning);
  await world[Symbol.asyncDispose]();
});

// Evidence: Hostile bytes at the door.
test("hostile requests leave nothing behind, and each answer is one of ours", async () => {
  using resources = watchResources();
  const random = createRandom(SEED);
  // The purpose of the generator: it gets past the parser, and is refused there, in each of these
  // ways. How many answers are read before their connection is cut off depends on the machine.
  const ways = new Set([200, 400, 401, 404, 405, 413, 415, 431]);
  const send = async () => {
    const { requests, answers } = await sendBatch(random);
    for (const { status } of answers) ways.delete(status);
    await serveHonestly();
    return requests;
  };
  await send();
  const before = await settled(() => resources.read());
  for (let sent = BATCH_REQUESTS; sent < REQUESTS || (ways.size > 0 && sent < 10 * REQUESTS);) {
    sent += await send();
    const after = await settled(() => resources.read());
    expect(after.sockets).toBeLessThanOrEqual(before.sockets);
    expect(after.timers).toBeLessThanOrEqual(before.timers + 4);
    // A module that was being loaded meanwhile may have had one.
    expect(after.listeners).toBeLessThanOrEqual(before.listeners);
    expect(after.heapBytes).toBeLessThan(before.heapBytes + HEAP_GROWTH_BYTES);
  }
  expect([...ways]).toEqual([]);
  expect(warnings).toEqual([]);
});

/** Sends about a thousand requests, several connections at once, and judges every answer. */
async function sendBatch(random: Random) {
  const answers: WireAnswer[] = [];
  let requests = 0;
  let session: Buffer | undefined;
  const assaultOnce = async () => {
    while (requests < BATCH_REQUESTS) {
      const assault = makeAssault(random);
      requests += assault.requests;
      const socket = await open(session);
      socket.once("session", (ticket) => {
        session = ticket;
      });
      const received = await carryOut(assault, socket);
      const read = readAnswers(received);
      for (const answer of read) judge(answer, assault);
      answers.push(...read);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, assaultOnce));
  for (const line of world.logLines) expect(line).not.toMatch(/"level":50/);
  world.logLines.length = 0;
  return { requests, answers };
}

async function open(session: Buffer | undefined): Promise<TLSSocket> {
  const { hostname: servername, port } = new URL(world.url());
  const socket = connect({
    host: "127.0.0.1",
    port: Number(port),
    servername,
    ca: world.caPem,
    ...(session === undefined ? {} : { session }),
  });
  await once(socket, "secureConnect");
  return socket.setEncoding("latin1");
}

/**
 * Every second wait is for the other side: the server answers, or closes a connection that it does
 * not understand.
 */
async function carryOut({ chunks, end }: Assault, socket: TLSSocket): Promise<string> {
  let received = "";
  socket.on("data", (text: string) => {
    received += text;
  });
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => {
    socket.once("close", resolve);
  });
  for (const chunk of chunks) {
    if (!socket.writable) break;
    socket.write(chunk);
    if (chunks.length > 1) await nextTurn();
  }
  if (end === "abort") socket.destroy();
  else if (end === "half") socket.end();
  else {
    // Its first answer, or its end; later bytes belong to the next request.
    await Promise.race([closed, once(socket, "data").catch(() => undefined), quiet()]);
    socket.end();
  }
  await Promise.race([closed, quiet()]);
  socket.destroy();
  await closed;
  return received;
}

/** A message that was cut short gets no answer for as long as the server waits for the rest. */
const quiet = (): Promise<unknown> => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  setTimeout(resolve, 40, undefined);
  return promise;
};

/** Throws with the sent bytes, so that the message alone identifies a failure. */
function judge(answer: WireAnswer, assault: Assault): void {
  const problem = problemOf(answer);
  if (problem === undefined) return;
  const sent = Buffer.concat(assault.chunks).toString("latin1").slice(0, 2_000);
  throw new Error(`${problem}: ${JSON.stringify(answer)} to ${JSON.stringify(sent)}`);
}

function problemOf({ status, headers, body }: WireAnswer): string | undefined {
  if (status === 500) return "a bug";
  if (headers["x-content-type-options"] !== "nosniff" || headers["x-powered-by"] !== undefined)
    return "not rendered by us";
  if (status < 400) return undefined;
  const isWhole = body !== undefined && body !== "";
  // A denial, signed: a device message was read and refused.
  if (headers["content-type"] === "application/jose")
    return isWhole && !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(body) ? "no denial" : undefined;
  if (headers["content-type"] !== "application/json; charset=utf-8") return "another media type";
  if (!/^[\da-f-]{36}$/.test(headers["x-ms-request-id"] ?? "")) return "no request id";
  if (!isWhole) return undefined;
  if (/node_modules|\.ts:|\n {4}at /.test(body)) return "a stack trace";
  return ERROR.parse(JSON.parse(body)).error.code === headers["x-ms-error-code"]
    ? undefined
    : "two codes";
}

async function serveHonestly(): Promise<void> {
  expect((await world.call("GET", `${jobPath("door")}?${API}`)).status).toBe(200);
  expect((await honest.unlock("unlock")).answer.kind).toBe("answer");
  expect((await world.transport().send("GET", "/readyz")).status).toBe(200);
}

/** Runs after the last answers have been sent and their places given back. */
async function settled(read: () => LiveResources): Promise<LiveResources> {
  await expect
    .poll(async () => {
      const text = await world
        .broker()
        .metrics.registry.getSingleMetricAsString("databox_requests_at_work");
      return [...text.matchAll(/\} (\d+)$/gm)].map(([, count]) => count);
    })
    .toEqual(["0", "0", "0"]);
  let last = read();
  await expect
    .poll(() => {
      const current = read();
      const isFlat = current.sockets === last.sockets && current.timers === last.timers;
      last = current;
      return isFlat;
    })
    .toBe(true);
  return last;
}
