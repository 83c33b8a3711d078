import { operatorOrder, orderNodes, orderSummaryPage } from "@databox-cmk/protocol";
import { LeaseClient } from "@databox-cmk/testkit";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { exactly } from "../world/exactly.ts";
import { API, jobPath, minimalJob } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const COMPANY = "Contoso GmbH";
let world: BrokerWorld;
let open: LeaseClient;
beforeAll(async () => {
  world = await openBroker();
  for (let number = 10; number < 40; number += 1) {
    const body = minimalJob();
    // The first of them has a company in its address.
    if (number === 10)
      Object.assign(body.properties.details.shippingAddress, { companyName: COMPANY });
    const placed = await world.call("PUT", `${jobPath(`plain-${String(number)}`)}?${API}`, {
      body,
    });
    expect(placed.status).toBe(202);
  }
  await world.delivered("waiting");
  await world.delivered("revoked");
  open = await LeaseClient.unlock(await world.delivered("open-1"));
  await world.call("POST", `${jobPath("revoked")}/revoke?${API}`, { body: { reason: "lost" } });
});
afterAll(() => world[Symbol.asyncDispose]());

const subscription = () => jobPath("x").split("/").slice(0, 3).join("/");
const list = async (query = "") => {
  const path = `${subscription()}/providers/Microsoft.DataBox/orderSummaries?${API}${query}`;
  const { status, json } = await world.call("GET", path);
  expect(status).toBe(200);
  return exactly(orderSummaryPage, json);
};
const names = async (query: string) => (await list(query)).value.map(({ name }) => name);

const nodes = async (job: string) => {
  const { status, json } = await world.call("GET", `${jobPath(job)}/nodes?${API}`);
  expect(status).toBe(200);
  return exactly(orderNodes, json).value;
};

const askAll = (query: string, claims: object = { roles: ["DataBox.Operator"] }) =>
  world.call("GET", `/operator/v1/orderSummaries?${query}`, { claims });

describe("the operator's list", () => {
  test("has the orders of every subscription, page by page, in the same shape", async () => {
    const first = exactly(orderSummaryPage, (await askAll("$top=20")).json);
    expect(first.total).toBe(33);
    expect(first.nextLink).toMatch(/^\/operator\/v1\/orderSummaries\?\$top=20&\$skipToken=/);
    const second = await askAll(first.nextLink?.split("?")[1] ?? "");
    const { value } = exactly(orderSummaryPage, second.json);
    expect(new Set([...first.value, ...value].map(({ name }) => name)).size).toBe(33);
    const unlocked = exactly(orderSummaryPage, (await askAll("lock=unlocked")).json);
    expect(unlocked.value.map(({ name }) => name)).toEqual(["open-1"]);
  });

  test("is continued by one position, in whichever letter case the last one was", async () => {
    const begin = Buffer.from("/subscriptions/").toString("base64url");
    const { nextLink } = exactly(orderSummaryPage, (await askAll(`$skiptoken=${begin}`)).json);
    const parameters = new URLSearchParams(nextLink?.split("?")[1]).keys();
    expect([...parameters]).toEqual(["$skipToken"]);
  });

  test("names the customer of each order that has one; the customer's own list does not", async () => {
    const named = exactly(orderSummaryPage, (await askAll("search=plain-1&$top=20")).json);
    const customers = named.value.map(({ name, customer }) => [name, customer]);
    expect(customers).toContainEqual(["plain-10", COMPANY]);
    expect(customers).toContainEqual(["plain-11", undefined]);
    const [own] = (await list("&search=plain-10")).value;
    expect(own).not.toHaveProperty("customer");
  });

  test("shows only one's own, and accepts no position of another list", async () => {
    expect((await askAll("", { roles: ["Owner"] })).status).toBe(403);
    const elsewhere = Buffer.from("/elsewhere/").toString("base64url");
    expect((await askAll(`$skipToken=${elsewhere}`)).status).toBe(400);
  });
});

test("the operator's view of an order has the lock of its nodes", async () => {
  const { json } = await world.call("GET", `/operator/v1${jobPath("open-1")}`, {
    claims: { roles: ["DataBox.Operator"] },
  });
  expect(operatorOrder.parse(json).nodes).toMatchObject([{ lock: "unlocked", enrolled: true }]);
});

describe("the list of orders with their keys", () => {
  test("comes in pages, and counts the whole once", async () => {
    const seen: string[] = [];
    let page = await list("&$top=20");
    expect(page.total).toBe(33);
    for (;;) {
      seen.push(...page.value.map(({ name }) => name));
      const { nextLink } = page;
      if (nextLink === undefined) break;
      page = await list(`&${new URL(nextLink).searchParams.toString().replace(`${API}&`, "")}`);
      expect(page.total).toBeUndefined();
    }
    expect(seen).toHaveLength(33);
    expect(new Set(seen).size).toBe(33);
  });

  test("tells stage, key, its health and the lock of each node", async () => {
    const { value } = await list("&search=open-1");
    expect(value).toMatchObject([
      {
        name: "open-1",
        stage: "Delivered",
        encryption: { kekType: "CustomerManaged", identityType: "SystemAssigned" },
        keyHealth: { state: expect.stringMatching(/Healthy|Unknown|AtRisk/) },
        nodes: [{ serial: open.device.serial, lock: "unlocked", since: expect.any(String) }],
      },
    ]);
    const [plain] = (await list("&search=plain-10")).value;
    expect(plain).toMatchObject({
      encryption: { kekType: "MicrosoftManaged" },
      keyHealth: { state: "NotWatched" },
      nodes: [],
    });
  });

  test.each([
    ["&lock=unlocked", ["open-1"]],
    ["&lock=grace", []],
    ["&lock=locked", ["waiting"]],
    ["&lock=revoked", ["revoked"]],
    ["&stage=Delivered", ["open-1", "revoked", "waiting"]],
    ["&stageStatus=Succeeded&stage=Delivered", ["open-1", "revoked", "waiting"]],
    ["&stageStatus=WaitingForCustomerActionForKek", []],
    ["&encryption=CustomerManaged", ["open-1", "revoked", "waiting"]],
    ["&encryption=CustomerManaged&lock=locked&stage=Delivered", ["waiting"]],
    ["&search=WAIT", ["waiting"]],
    ["&search=nothing-like-it", []],
  ])("is narrowed by %s", async (query, expected) => {
    expect(await names(`${query}&$top=100`)).toEqual(expected);
  });

  test("finds an order by a part of a serial number", async () => {
    const part = open.device.serial.slice(-6).toLowerCase();
    expect(await names(`&search=${part}`)).toEqual(["open-1"]);
  });

  test("that is filtered by the lock misses no order behind many others", async () => {
    expect(await names("&lock=notPrepared&$top=100")).toHaveLength(30);
    const first = await list("&lock=notPrepared&$top=20");
    expect(first.value).toHaveLength(20);
    expect(first.nextLink).toContain("lock=notPrepared");
  });

  test.each(["&lock=open", "&health=Fine", "&stage=Nowhere", "&search=%25", "&search=a%20b"])(
    "does not take %s",
    async (query) => {
      const path = `${subscription()}/providers/Microsoft.DataBox/orderSummaries?${API}${query}`;
      const { status, json } = await world.call("GET", path);
      expect([status, json.error.code]).toEqual([400, "InvalidRequestContent"]);
    },
  );

  test("is not for strangers", async () => {
    const path = `${subscription()}/providers/Microsoft.DataBox/orderSummaries?${API}`;
    expect((await world.call("GET", path, { claims: { roles: [] } })).status).toBe(403);
  });
});

test("where nothing is revoked, nothing is listed as revoked", async () => {
  await using other = await openBroker();
  const path = `${subscription()}/providers/Microsoft.DataBox/orderSummaries?${API}&lock=revoked`;
  expect((await other.call("GET", path)).json).toEqual({ value: [] });
});

describe("the nodes of an order", () => {
  test("show their lease while it lasts, and the envelope that they hold", async () => {
    expect(await nodes("open-1")).toMatchObject([
      {
        serial: open.device.serial,
        enrolled: true,
        deviceKey: { grade: "file", attested: false, thumbprint: open.device.key.kid },
        lock: "unlocked",
        lease: { state: "live", purpose: "unlock", ttlSeconds: 60 },
        envelope: { generation: 1, kid: world.kid },
      },
    ]);
    expect(await nodes("waiting")).toMatchObject([{ lock: "locked", envelope: { generation: 1 } }]);
    expect(await nodes("plain-10")).toEqual([]);
  });

  test("are in grace once their lease has run out, and locked in the end", async () => {
    world.clock.nowMs += 61_000;
    expect((await nodes("open-1"))[0]?.lock).toBe("grace");
    expect(await names("&lock=grace")).toEqual(["open-1"]);
    world.clock.nowMs += 86_400_000;
    expect((await nodes("open-1"))[0]?.lock).toBe("locked");
    expect(await names("&lock=locked")).toEqual(["open-1", "waiting"]);
  });
});

test("a state or a grade that only a newer replica knows is shown as the weakest", async () => {
  const store = world.store();
  await store
    .updateTable("key_health")
    .set({ state: sql`'flickering'` })
    .execute();
  await store
    .updateTable("nodes")
    .set({ device_key_grade: sql`'enclave'` })
    .execute();
  expect((await list("&search=open-1")).value).toMatchObject([{ keyHealth: { state: "Unknown" } }]);
  expect(await nodes("open-1")).toMatchObject([{ deviceKey: { grade: "file" } }]);
});
