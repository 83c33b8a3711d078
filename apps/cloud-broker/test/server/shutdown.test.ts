// @module-tag one-engine

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { connect } from "node:tls";

import Database from "better-sqlite3";
import { sql } from "kysely";
import { expect, test, vi } from "vitest";

import { createHealthRoutes, createReadiness } from "../../src/api/front/health.ts";
import { parseConfig, startBroker } from "../../src/index.ts";
import { createClockWatch } from "../../src/observability/clock-watch.ts";
import { createBrokerEnvironment } from "../serve/broker-environment.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { CA_PEM, openListener, openTransport } from "../world/open-listener.ts";

test("running requests are finished at shutdown, and no new ones are accepted", async () => {
  const arrived = Promise.withResolvers<undefined>();
  const finish = Promise.withResolvers<undefined>();
  const { listener, transport } = await openListener((_request, response) => {
    arrived.resolve(undefined);
    void finish.promise.then(() => response.end("finished"));
  });
  const running = transport.send("GET", "/");
  await arrived.promise;
  const closed = listener.close(60_000);
  await expect(openTransport(listener.port).send("GET", "/")).rejects.toThrow("ECONNREFUSED");
  finish.resolve(undefined);
  expect((await running).text).toBe("finished");
  await closed;
  transport.close();
});

test("requests that do not finish within the grace period are cut off", async () => {
  const arrived = Promise.withResolvers<undefined>();
  const { listener, transport } = await openListener(() => {
    arrived.resolve(undefined);
  });
  const cutOff = transport.send("GET", "/").catch((error: unknown) => String(error));
  await arrived.promise;
  await listener.close(0);
  expect(await cutOff).toContain("socket hang up");
  transport.close();
});

test("an idle connection does not hold up a shutdown", async () => {
  const { listener, transport } = await openListener((_request, response) => response.end("x"));
  expect((await transport.send("GET", "/")).text).toBe("x");
  await listener.close(60_000);
  transport.close();
});

test("a port in use is said in one clause", async () => {
  const { listener } = await openListener(() => undefined);
  await expect(openListener(() => undefined, { port: listener.port })).rejects.toMatchObject({
    code: "PortInUse",
    facts: { port: listener.port },
  });
  await listener.close(0);
});

test.each(["TLSv1", "TLSv1.1"] as const)("%s is not spoken", async (version) => {
  const { listener } = await openListener(() => undefined);
  const socket = connect({
    host: "127.0.0.1",
    port: listener.port,
    ca: CA_PEM,
    servername: "broker.localhost",
    minVersion: version,
    maxVersion: version,
    ciphers: "DEFAULT@SECLEVEL=0",
  });
  const [error] = await once(socket, "error").catch((cause: unknown) => [cause]);
  expect(String(error)).toMatch(/protocol version|alert/i);
  await listener.close(0);
});

const now = () => 1_000_000;

test.each([
  ["is ready while its database takes writes", {}, 200],
  ["is not ready while it closes", { isClosing: true }, 503],
  ["is not ready without its database", { isBroken: true }, 503],
  ["is not ready while its database answers, but takes no write", { isReadOnly: true }, 503],
  ["is ready with a clock that is half a minute off", { aheadMs: 30_000 }, 200],
  ["is not ready with a clock that is two minutes off", { aheadMs: -120_000 }, 503],
  ["is not ready while it has no place for anybody", { isStuck: true }, 503],
] as const)("a replica %s", async (_name, state, status) => {
  const { isClosing, isBroken, isReadOnly, isStuck, aheadMs } = {
    isClosing: false,
    isBroken: false,
    isReadOnly: false,
    isStuck: false,
    aheadMs: 0,
    ...state,
  };
  const store = await openTestStore(":memory:");
  const report = { lastAnswerAgeSeconds: 3, lastOutageAgeSeconds: null };
  if (isReadOnly) await sql`pragma query_only = on`.execute(store);
  const clock = createClockWatch(now);
  clock.note("azure", now() - aheadMs);
  const [live, ready] = createHealthRoutes(
    createReadiness({
      store,
      vaultHealth: { report: () => report },
      isClosing: () => isClosing,
      isStuck: () => isStuck,
      clock,
      now,
    }),
  );
  if (isBroken) await store.destroy();
  const request = {
    method: "GET",
    path: "/",
    parameters: {},
    query: new URLSearchParams(),
    header: () => undefined,
    address: "",
    requestId: "",
  } as const;
  if (ready?.reads !== "nothing" || live?.reads !== "nothing") throw new Error("no health routes");
  expect(await ready.handle(request as never)).toMatchObject({
    status,
    body: { json: { vaults: report } },
  });
  expect(await live.handle(request as never)).toMatchObject({ status: 200 });
  if (!isBroken) await store.destroy();
});

/** An unlock that waits for its vault until `finish` is resolved; its client is gone. */
async function leaveUnlock(world: BrokerWorld) {
  const device = await world.delivered("gone-client");
  const arrived = Promise.withResolvers<undefined>();
  const finish = Promise.withResolvers<undefined>();
  world.aroundUnwrap = async (unwrap) => {
    arrived.resolve(undefined);
    await finish.promise;
    return unwrap();
  };
  const unlock = device.unlock("unlock").catch((error: unknown) => String(error));
  await arrived.promise;
  const stopped = Promise.all(world.replicas().map((replica) => replica.listener.close(0)));
  expect(await unlock).toContain("socket hang up");
  await stopped;
  return finish;
}

test("work that hangs holds up a shutdown for ten seconds, and its flushes follow", async () => {
  await using world = await openBroker();
  const finish = await leaveUnlock(world);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const fromMs = performance.now();
  const idle = world.broker().idle();
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
  await idle;
  // The ten seconds are not real ones; without them, it would wait for a real minute.
  expect(performance.now() - fromMs).toBeLessThan(30_000);
  expect((await world.audit()).at(-1)).toMatchObject({ action: "order/deliver" });
  finish.resolve(undefined);
});

test("work for a client that is gone ends before the database is closed", async () => {
  await using world = await openBroker();
  const finish = await leaveUnlock(world);
  setTimeout(() => finish.resolve(undefined), 200);
  await world.broker().idle();
  const rows = await world.audit();
  expect(rows.at(-1)).toMatchObject({ action: "unlock", outcome: "granted" });
});

test("a chore that hangs holds up a shutdown for ten seconds, and the database is closed", async () => {
  using environment = await createBrokerEnvironment();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  let database: Database.Database | undefined;
  const broker = await startBroker(parseConfig(environment.variables), undefined, (path) => {
    database = new Database(path);
    return database;
  });
  // Nothing is written into this pipe, so the next read of the certificate does not end.
  const file = environment.variables["BROKER_TLS_CERTIFICATE_FILE"] ?? "";
  rmSync(file);
  execFileSync("mkfifo", [file]);
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const closed = broker.close();
  await vi.advanceTimersByTimeAsync(9_999);
  expect(database?.open).toBe(true);
  await expect(openTransport(broker.port).send("GET", "/")).rejects.toThrow("ECONNREFUSED");
  await vi.advanceTimersByTimeAsync(1);
  vi.useRealTimers();
  await closed;
  expect(database?.open).toBe(false);
  writeFileSync(file, "");
});
