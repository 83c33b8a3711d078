import { afterAll, beforeAll, expect, test } from "vitest";

import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const JOB = "told";
const REFUSED_TRIES = 3;
let world: BrokerWorld;
type Row = { sequence: number; row: { action: string; outcome: string; sequence: number } };

async function pageOf(query: string) {
  const { status, json } = await world.call("GET", `${jobPath(JOB)}/activity?${API}${query}`);
  return { status, json };
}

async function rowsOf(query: string): Promise<readonly Row[]> {
  const { status, json } = await pageOf(query);
  expect(status).toBe(200);
  return json.value;
}

beforeAll(async () => {
  world = await openBroker();
  const device = await world.delivered(JOB);
  for (let tries = 0; tries < REFUSED_TRIES; tries += 1) await device.unlock("ingest");
});
afterAll(() => world[Symbol.asyncDispose]());

test("is read from either end", async () => {
  const oldest = await rowsOf("");
  const newest = await rowsOf("&newestFirst=true");
  expect(oldest.length).toBeGreaterThan(REFUSED_TRIES);
  expect(newest).toEqual(oldest.toReversed());
});

test("continues from a position, in the order and by the filter of the previous page", async () => {
  const [newest, second] = await rowsOf("&newestFirst=true");
  const token = Buffer.from(String(newest?.sequence)).toString("base64url");
  for (const name of ["$skipToken", "$skiptoken"])
    expect((await rowsOf(`&newestFirst=true&${name}=${token}`)).at(0)).toEqual(second);
});

test.each(["!", Buffer.from("first").toString("base64url")])(
  "refuses the position %s, which it did not give, instead of beginning again",
  async (token) => {
    const { status, json } = await pageOf(`&$skipToken=${token}`);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: "InvalidRequestContent", target: "$skipToken" });
  },
);

test.each([
  ["a family of actions", "&action=order", ({ row }: Row) => row.action.startsWith("order/")],
  ["an outcome", "&outcome=refused", ({ row }: Row) => row.outcome === "refused"],
  [
    "both",
    "&action=unlock&outcome=refused",
    ({ row }: Row) => row.action === "unlock" && row.outcome === "refused",
  ],
] as const)("shows what fits %s, and nothing else", async (_name, query, fits) => {
  const found = await rowsOf(query);
  expect(found.length).toBeGreaterThan(0);
  expect(found).toEqual((await rowsOf("")).filter(fits));
});

test("shows a span of time, its end excluded", async () => {
  const all = await rowsOf("");
  const { json } = await pageOf("");
  const last = json.value.at(-1).at as string;
  const before = await rowsOf(`&to=${encodeURIComponent(last)}`);
  const since = await rowsOf(`&from=${encodeURIComponent(last)}`);
  expect([...before, ...since]).toEqual(all);
  expect(since.length).toBeGreaterThan(0);
});

test.each(["&outcome=maybe", "&action=1", "&from=yesterday"])(
  "refuses the filter %s by its name",
  async (query) => {
    const { status, json } = await pageOf(query);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: "InvalidRequestContent", target: "query" });
  },
);
