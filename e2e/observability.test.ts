import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import {
  createOrder,
  createTransport,
  enableIdentity,
  useCustomerKey,
} from "@databox-cmk/local-stack";
import { freePort } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";

import { createJsonClient } from "./fault-matrix/world/json-client.ts";
import { prepareNode, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";

const value = z.object({
  stringValue: z.string().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
});
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(z.object({ key: z.string(), value })),
  links: z.array(z.object({ traceId: z.string() })).optional(),
});
type Span = z.infer<typeof span>;
const exported = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

/** A collector of traces: keeps what it is sent, as JSON. */
async function openCollector() {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { resourceSpans } = exported.parse(JSON.parse(Buffer.concat(parts).toString("utf8")));
      spans.push(
        ...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
      );
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    spans,
    url: `http://127.0.0.1:${String(port)}/v1/traces`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const ATTRIBUTES = [
  "http.request.method",
  "http.route",
  "http.response.status_code",
  "databox.request_id",
  "databox.code",
];

const isUnlock = ({ name }: Span) => name === "POST /device/v1/unlocks";

let world: World;
let collector: Awaited<ReturnType<typeof openCollector>>;
let metricsUrl: string;
beforeAll(async () => {
  collector = await openCollector();
  const port = await freePort();
  metricsUrl = `http://127.0.0.1:${String(port)}/metrics`;
  world = await openWorld(() => ({
    brokerEnvironment: { METRICS_PORT: String(port), OTLP_TRACES_URL: collector.url },
  }));
  const order = await createOrder(world.customerContext, "observed");
  const key = await world.createVault("contosoobserved");
  const appliance = world.createAppliance("DataBox", ["DBX-OBSERVED"]);
  appliance.powerOn();
  const [code] = await world.operator.prepare(order.id, ["DBX-OBSERVED"]);
  const node = appliance.node("DBX-OBSERVED");
  await prepareNode(world, node, order.id, code?.enrolmentCode ?? "");
  await key.grant(await enableIdentity(world.customerContext, order));
  await useCustomerKey(world.customerContext, order, key);
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
  await unlockNode(node);
  await key.setEnabled(false);
  await node.agent(["unlock"]);
  await appliance.powerOff();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  collector.close();
});

test("an unlock is a trace from the request to the vault, and the agent's own trace is linked to it", async () => {
  await expect.poll(() => collector.spans.filter(isUnlock).length).toBeGreaterThan(1);
  const unlock = collector.spans.find(isUnlock);
  if (unlock === undefined) throw new Error("no span");
  const children = collector.spans.filter(({ parentSpanId }) => parentSpanId === unlock.spanId);
  expect(children.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["key-vault get-key", "key-vault unwrap"]),
  );
  expect(unlock.parentSpanId ?? "").toBe("");
  expect(unlock.links).toHaveLength(1);
  expect(unlock.links?.[0]?.traceId).not.toBe(unlock.traceId);
  // Values that identify a person, an order or a device are not attributes; the id that finds the
  // audit row is.
  const attributes = collector.spans.flatMap((each) => each.attributes.map(({ key }) => key));
  expect(ATTRIBUTES).toEqual(expect.arrayContaining([...new Set(attributes)]));
});

test("Prometheus reads grants and refusals by code, and the state of the fleet", async () => {
  const answer = await fetch(metricsUrl);
  expect(answer.headers.get("content-type")).toContain("text/plain");
  const text = await answer.text();
  for (const line of [
    'databox_device_messages_total{action="unlock",outcome="done",code=""} 2',
    'databox_device_messages_total{action="unlock",outcome="refused",code="SsemUserErrorEncryptionKeyDisabled"} 1',
    'databox_vault_calls_total{operation="unwrap",code=""}',
    "databox_unlocks_in_flight 0",
    'databox_leases{state="',
    "databox_database_query_seconds_count ",
    'databox_data_disk_bytes{state="free"} ',
    'databox_data_disk_bytes{state="size"} ',
    'databox_own_key_since_timestamp_seconds{key="signing"} ',
    "nodejs_eventloop_lag_p99_seconds ",
    "process_resident_memory_bytes ",
  ])
    expect(text).toContain(line);
  expect(text).not.toContain("DBX-OBSERVED");
});

test("nothing else is served there, and no metrics are on the public listener", async () => {
  expect((await fetch(new URL("/", metricsUrl))).status).toBe(404);
  expect((await fetch(metricsUrl, { method: "POST" })).status).toBe(404);
  using transport = createTransport(world.stack.caPem);
  const { brokerUrl } = world.stack.description;
  const answer = await createJsonClient(transport.agent)("GET", `${brokerUrl}/metrics`);
  expect(answer.status).toBe(404);
});
