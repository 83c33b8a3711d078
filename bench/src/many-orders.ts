import { createAzureClients } from "@databox-cmk/local-stack";
import { createHttpsTransport, findPostgres } from "@databox-cmk/testkit";

import {
  aim,
  type BenchOutcome,
  type Measured,
  type Measurement,
  measured,
  quantileOf,
  ratio,
  summarise,
} from "./bench-result.ts";
import { measureCalls } from "./each-at-once.ts";
import type { LoadedServer } from "./load.ts";
import { compareOnPostgres, expectOk } from "./many-orders-postgres.ts";
import { seedOrders } from "./seed-orders.ts";
import { placeOrder, startBenchStack } from "./start-bench-stack.ts";

const FEW = 1_000;
const MANY = 100_000;
const IN_FLIGHT = 50;
const CALLS = 3_000;
const ROUNDS = 3;
const API = "api-version=2022-12-01";

/** The cost of a call with many orders, relative to few: on SQLite and on PostgreSQL. */
export async function run(): Promise<BenchOutcome> {
  const onSqlite = await compareOnSqlite();
  if (findPostgres() === undefined) {
    const skipped = "PostgreSQL is not installed (apt-get install postgresql): it was skipped";
    return measured({ ...onSqlite, notes: [...onSqlite.notes, skipped] });
  }
  const onPostgres = await compareOnPostgres();
  return measured({
    measurements: [...onSqlite.measurements, ...onPostgres.measurements],
    ratios: [...onSqlite.ratios, ...onPostgres.ratios],
    aims: [...onSqlite.aims, ...onPostgres.aims],
    notes: [...onSqlite.notes, ...onPostgres.notes],
  });
}

/**
 * Reading an order and a page of 20 orders at 50 in flight, with 1,000 and with 100,000 orders: the
 * broker's processor time for each call, and the 99th percentile of each round.
 */
async function compareOnSqlite(): Promise<Measured> {
  await using world = await startBenchStack();
  const { stack, server } = world;
  const { description, caPem, directory } = stack;
  const job = await placeOrder(stack);
  const jobs = job.slice(0, job.lastIndexOf("/"));
  using clients = createAzureClients(description, caPem, directory.client("Owner"));
  const token = await clients.credential.getToken(`${description.armUrl}/.default`);
  const transport = createHttpsTransport({
    origin: description.brokerUrl,
    certificateAuthorityPem: caPem,
  });
  const get = (path: string) => expectOk(transport, path, token.token);

  const figures = async (from: number, orders: number): Promise<readonly [Figures, Figures]> => {
    seedOrders(world.databaseFile, job.toLowerCase(), from, orders);
    const label = `${orders.toLocaleString("en")} orders`;
    return [
      await measureRounds(`GET, ${label}`, server, (index) =>
        get(`${job}-${String((index * 7_919) % orders)}?${API}&$expand=details`),
      ),
      await measureRounds(`list page, ${label}`, server, (index) => {
        const position = `${job.toLowerCase()}-${String((index * 7_919) % orders)}`;
        const skipToken = Buffer.from(position).toString("base64url");
        return get(`${jobs}?${API}&$skipToken=${skipToken}`);
      }),
    ];
  };

  const few = await figures(0, FEW);
  const many = await figures(FEW, MANY);
  transport.close();
  const grown = (["GET", "list page"] as const).map((call, index) => {
    const [fewer, more] = [few[index], many[index]];
    if (fewer === undefined || more === undefined) throw new TypeError("a call is missing");
    const name = `${call}: 100,000 orders to 1,000`;
    const cpu = ratio(`${name}, processor time`, more.cpu, fewer.cpu);
    return { call, fewer, more, cpu, p99: ratio(`${name}, p99`, more.p99, fewer.p99) };
  });
  return measured({
    aims: grown.map(({ call, cpu }) =>
      aim(`${call} with 100,000 orders, of that with 1,000`, cpu.value, "at most", 1.2, ""),
    ),
    measurements: grown.flatMap(({ fewer, more }) => [fewer.cpu, fewer.p99, more.cpu, more.p99]),
    ratios: [...grown.map(({ cpu }) => cpu), ...grown.map(({ p99 }) => p99)],
    notes: [
      `SQLite: ${String(IN_FLIGHT)} in flight over TLS, token and roles checked at each call; load, emulator and broker share this machine`,
    ],
  });
}

type Figures = { readonly cpu: Measurement; readonly p99: Measurement };

async function measureRounds(
  name: string,
  server: LoadedServer,
  call: (index: number) => Promise<void>,
): Promise<Figures> {
  const cpu: number[] = [];
  const p99: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const before = server.cpuSeconds();
    const times = await measureCalls(CALLS, IN_FLIGHT, call);
    // The first goes uncounted: handshakes, and code that is not compiled yet.
    if (round === 0) continue;
    cpu.push(((server.cpuSeconds() - before) / CALLS) * 1_000_000);
    p99.push(quantileOf(times, 0.99));
  }
  return {
    cpu: summarise(`${name}: processor time of each`, "µs", cpu),
    p99: summarise(`${name}: p99`, "ms", p99),
  };
}
