import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startStack, type Stack } from "@databox-cmk/local-stack";

import {
  aim,
  type BenchOutcome,
  type Measurement,
  quantileOf,
  ratio,
  summarise,
} from "./bench-result.ts";
import { type Client, createClient, measureCalls } from "./https-load.ts";
import { cpuSecondsOf } from "./process-usage.ts";
import { seedOrders } from "./seed-orders.ts";

const FEW = 1_000;
const MANY = 100_000;
const IN_FLIGHT = 50;
const CALLS = 3_000;
const ROUNDS = 3;
const API = "api-version=2022-12-01";

/**
 * Reading an order and a page of 20 orders at 50 in flight, with 1,000 and with 100,000 orders in
 * SQLite: the broker's processor time for each call, and the 99th percentile of each round.
 */
export async function run(): Promise<BenchOutcome> {
  const directory = mkdtempSync(join(tmpdir(), "databox-bench-"));
  const stack = await startStack({
    directory,
    ports: { emulator: 0, broker: 0, imds: 0, dns: 0 },
    brokerEnvironment: { RATE_LIMIT_ADDRESS_PER_SECOND: "0", LOG_LEVEL: "error" },
  });
  const client = createClient(stack.caPem, IN_FLIGHT);
  try {
    return await measure(stack, client, join(directory, "broker", "broker.sqlite"));
  } finally {
    client.close();
    await stack.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(stack: Stack, client: Client, databaseFile: string): Promise<BenchOutcome> {
  const headers = { authorization: `Bearer ${await signIn(stack, client)}` };
  const job = await placeOrder(stack, client, headers);
  const jobs = job.slice(0, job.lastIndexOf("/"));

  const figures = async (orders: number): Promise<readonly [Figures, Figures]> => {
    const getOne = (index: number) => {
      const url = `${stack.description.brokerUrl}${job}${String((index * 7_919) % orders)}?${API}&$expand=details`;
      return expect200(client, url, headers);
    };
    const listPage = (index: number) => {
      const position = `${job.toLowerCase()}${String((index * 7_919) % orders)}`;
      const token = Buffer.from(position).toString("base64url");
      const url = `${stack.description.brokerUrl}${jobs}?${API}&$skipToken=${token}`;
      return expect200(client, url, headers);
    };
    const label = `${orders.toLocaleString("en")} orders`;
    return [
      await measureRounds(`GET, ${label}`, stack, getOne),
      await measureRounds(`list page, ${label}`, stack, listPage),
    ];
  };

  seedOrders(databaseFile, job.toLowerCase(), 0, FEW);
  const [fewGet, fewList] = await figures(FEW);
  seedOrders(databaseFile, job.toLowerCase(), FEW, MANY);
  const [manyGet, manyList] = await figures(MANY);
  const get = ratio("GET: 100,000 orders to 1,000, processor time", manyGet.cpu, fewGet.cpu);
  const list = ratio(
    "list page: 100,000 orders to 1,000, processor time",
    manyList.cpu,
    fewList.cpu,
  );
  return {
    kind: "measured",
    aims: [
      aim("GET with 100,000 orders, of that with 1,000", get.value, "at most", 1.2, ""),
      aim("list page with 100,000 orders, of that with 1,000", list.value, "at most", 1.2, ""),
    ],
    measurements: [fewGet, manyGet, fewList, manyList].flatMap(({ cpu, p99 }) => [cpu, p99]),
    ratios: [
      get,
      list,
      ratio("GET: 100,000 orders to 1,000, p99", manyGet.p99, fewGet.p99),
      ratio("list page: 100,000 orders to 1,000, p99", manyList.p99, fewList.p99),
    ],
    notes: [
      `${String(IN_FLIGHT)} in flight over TLS, token and roles checked at each call; load, emulator and broker share this machine`,
    ],
  };
}

type Figures = { readonly cpu: Measurement; readonly p99: Measurement };

async function measureRounds(
  name: string,
  stack: Stack,
  call: (index: number) => Promise<void>,
): Promise<Figures> {
  const cpu: number[] = [];
  const p99: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const before = cpuSecondsOf(stack.broker().pid);
    const times = await measureCalls(CALLS, IN_FLIGHT, call);
    // The first goes uncounted: handshakes, and code that is not compiled yet.
    if (round === 0) continue;
    cpu.push(((cpuSecondsOf(stack.broker().pid) - before) / CALLS) * 1_000_000);
    p99.push(quantileOf(times, 0.99));
  }
  return {
    cpu: summarise(`${name}: processor time of each`, "µs", cpu),
    p99: summarise(`${name}: p99`, "ms", p99),
  };
}

async function expect200(
  client: Client,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { status, text } = await client.call("GET", url, { headers });
  if (status !== 200) throw new Error(`${url} answered ${String(status)}: ${text.slice(0, 200)}`);
}

async function signIn({ description, directory }: Stack, client: Client): Promise<string> {
  const { clientId, clientSecret } = directory.client("Owner");
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${description.armUrl}/.default`,
  });
  const { text } = await client.call(
    "POST",
    `${description.authorityUrl}/${description.tenantId}/oauth2/v2.0/token`,
    { headers: { "content-type": "application/x-www-form-urlencoded" }, body: body.toString() },
  );
  const answer: unknown = JSON.parse(text);
  if (typeof answer === "object" && answer !== null && "access_token" in answer)
    return String(answer.access_token);
  throw new Error(`no token: ${text.slice(0, 200)}`);
}

/** Places the order that all others are copied from. */
async function placeOrder(
  { description }: Stack,
  client: Client,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const { brokerUrl, location, resourceGroup, storageAccountId, subscriptionId } = description;
  const job = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.DataBox/jobs/bench`;
  const body = JSON.stringify({
    location,
    sku: { name: "DataBox" },
    properties: {
      transferType: "ImportToAzure",
      details: {
        jobDetailsType: "DataBox",
        contactDetails: { contactName: "A", phone: "1", emailList: ["a@b.c"] },
        shippingAddress: { streetAddress1: "1 Way", country: "US", postalCode: "94107" },
        dataImportDetails: [
          { accountDetails: { dataAccountType: "StorageAccount", storageAccountId } },
        ],
      },
    },
  });
  const { status, text } = await client.call("PUT", `${brokerUrl}${job}?${API}`, {
    headers: { ...headers, "content-type": "application/json" },
    body,
  });
  if (status !== 202) throw new Error(`no order: ${String(status)} ${text.slice(0, 300)}`);
  return job;
}
