// @module-tag one-engine

import { once } from "node:events";
import { Agent, request } from "node:https";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import Database from "better-sqlite3";
import { expect, test } from "vitest";

import { type BrokerEnvironment, createBrokerEnvironment } from "../serve/broker-environment.ts";
import { buildBroker } from "../serve/build-broker.ts";
import { type BrokerProcess, startProcess } from "../serve/start-process.ts";
import { CA_PEM } from "../world/open-listener.ts";

/** Azure's probes every five seconds, at a tenth of the size. */
const PROBE_MS = 500;
const FAILURES = 2;
const DELAY_SECONDS = 2;
const CLIENTS = 8;

/** One GET. @returns its status; undefined if it was not answered */
const get = (agent: Agent, port: number, path: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const options = { agent, port, path, host: "127.0.0.1", servername: "broker.localhost" };
    request(options, (response) => {
      response.resume().once("end", () => resolve(response.statusCode));
    })
      .once("error", () => resolve(undefined))
      .end();
  });

/** Passes TCP on to a backend that it believes to be ready; what is open stays open. */
async function startBalancer() {
  const backends = new Map<number, number>();
  let turn = 0;
  const server = createServer((client) => {
    const ready = [...backends].filter(([, failures]) => failures < FAILURES);
    const [port = 0] = ready[(turn += 1) % ready.length] ?? [];
    const backend = connect({ port, host: "127.0.0.1" });
    client.pipe(backend).pipe(client);
    for (const [one, other] of [
      [client, backend],
      [backend, client],
    ] as const)
      one.once("close", () => other.destroy()).on("error", () => other.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const agent = new Agent({ ca: CA_PEM, keepAlive: false });
  const probe = async (port: number, failures: number) => {
    const status = await get(agent, port, "/readyz");
    if (backends.has(port)) backends.set(port, status === 200 ? 0 : failures + 1);
  };
  const probing = setInterval(() => {
    for (const backend of backends) void probe(...backend);
  }, PROBE_MS);
  return {
    port: (server.address() as AddressInfo).port,
    add: (port: number) => backends.set(port, FAILURES),
    remove: (port: number) => backends.delete(port),
    isReady: (port: number) => backends.get(port) === 0,
    [Symbol.dispose]() {
      clearInterval(probing);
      server.close();
    },
  };
}

test("replicas that are replaced one by one fail no request behind a balancer that retries nothing", async () => {
  using built = await buildBroker();
  using balancer = await startBalancer();
  using stack = new DisposableStack();
  const start = async (environment: BrokerEnvironment) => {
    const broker: BrokerProcess = stack.use(
      startProcess(
        {
          ...environment.variables,
          SHUTDOWN_DELAY_SECONDS: String(DELAY_SECONDS),
          RATE_LIMIT_ADDRESS_PER_SECOND: "0",
        },
        built.main,
      ),
    );
    const { port } = await broker.ready();
    balancer.add(port);
    await expect.poll(() => balancer.isReady(port)).toBe(true);
    return { broker, port, environment };
  };
  const replicas = [];
  while (replicas.length < 3)
    replicas.push(await start(stack.use(await createBrokerEnvironment())));

  const over = new AbortController();
  const statuses = new Map<number | undefined, number>();
  const load = async () => {
    const agent = new Agent({ ca: CA_PEM, keepAlive: true });
    while (!over.signal.aborted) {
      const status = await get(agent, balancer.port, "/.well-known/openid-configuration");
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      await setTimeout(10);
    }
    agent.destroy();
  };
  const loads = Array.from({ length: CLIENTS }, load);
  for (const { broker, port, environment } of replicas) {
    broker.child.kill("SIGTERM");
    expect((await broker.ended).code).toBe(0);
    balancer.remove(port);
    await start(environment);
  }
  over.abort();
  await Promise.all(loads);
  expect([...statuses.keys()]).toEqual([200]);
  expect(statuses.get(200)).toBeGreaterThan(1_000);
});

test("a replica that a newer program has taken out of service closes its connections", async () => {
  using built = await buildBroker();
  using environment = await createBrokerEnvironment();
  using broker = startProcess(environment.variables, built.main);
  const { port } = await broker.ready();
  const agent = new Agent({ ca: CA_PEM, keepAlive: true });
  const staysOpen = async () => {
    expect(await get(agent, port, "/healthz")).toBe(200);
    await setTimeout(10);
    return Object.keys(agent.freeSockets).length > 0;
  };
  expect(await staysOpen()).toBe(true);
  const database = new Database(join(environment.dataDir, "broker.sqlite"));
  database.prepare("update schema_needs set migration = '9999-later'").run();
  database.close();
  await expect.poll(staysOpen, { timeout: 60_000 }).toBe(false);
  agent.destroy();
});
