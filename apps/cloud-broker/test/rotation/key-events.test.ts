import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { EVENT_DELIVERY_APP_ROLE, EVENT_GRID_APPLICATION } from "../../src/core/permissions.ts";
import { KEY_NAME, VAULT, VAULT_NAME } from "../world/customer-vault.ts";
import { type BrokerWorld, EVENT_AUDIENCE, openBroker } from "../world/open-broker.ts";

const PATH = "/webhooks/v1/keyEvents";
const EVENT_GRID = {
  roles: [EVENT_DELIVERY_APP_ROLE],
  appid: EVENT_GRID_APPLICATION,
  aud: EVENT_AUDIENCE,
};
let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
  await world.prepared("followed-order");
  await world.broker().pollKeys();
});
afterAll(() => world[Symbol.asyncDispose]());

const data = (change: Record<string, unknown> = {}) => ({
  Id: `https://${VAULT_NAME}.vault.azure.net/keys/${KEY_NAME}/0123456789abcdef0123456789abcdef`,
  VaultName: VAULT_NAME,
  ObjectType: "Key",
  ObjectName: KEY_NAME,
  Version: "0123456789abcdef0123456789abcdef",
  NBF: "1559081980",
  EXP: "1559082102",
  ...change,
});
/** The texts of "Azure Key Vault as Event Grid source". */
const inEventGridSchema = (change = {}, type = "Microsoft.KeyVault.KeyNewVersionCreated") => [
  {
    id: "00eccf70-95a7-4e7c-8299-2eb17ee9ad64",
    topic: VAULT,
    subject: KEY_NAME,
    eventType: type,
    eventTime: "2026-07-25T01:08:33.1036736Z",
    data: data(change),
    dataVersion: "1",
    metadataVersion: "1",
  },
];
const asCloudEvent = (change = {}) => ({
  id: "00eccf70-95a7-4e7c-8299-2eb17ee9ad64",
  source: VAULT,
  subject: KEY_NAME,
  type: "Microsoft.KeyVault.KeyNewVersionCreated",
  time: "2026-07-25T01:08:33.1036736Z",
  data: data(change),
  specversion: "1.0",
});
const deliver = (body: unknown, contentType = "application/json", claims: object = EVENT_GRID) =>
  world.call("POST", PATH, { body, claims, headers: { "content-type": contentType } });

async function checkedAtMs(): Promise<number | null> {
  const row = await world
    .store()
    .selectFrom("key_health")
    .select("checked_at_ms")
    .executeTakeFirstOrThrow();
  return row.checked_at_ms;
}

const ask = (origin: string) =>
  world.call("OPTIONS", PATH, { headers: { "webhook-request-origin": origin } });

describe("an event of a new key version", () => {
  test.each([
    ["in the Event Grid schema", inEventGridSchema(), "application/json; charset=utf-8"],
    ["as a CloudEvent", asCloudEvent(), "application/cloudevents+json; charset=utf-8"],
    ["as CloudEvents", [asCloudEvent()], "application/cloudevents-batch+json"],
    // Evidence: Rotation by Event Grid.
  ])("%s makes the key be asked about now, and says nothing else", async (_case, body, type) => {
    world.clock.nowMs += 60_000;
    expect(await world.broker().pollKeys()).toBe(0);
    expect(await deliver(body, type)).toMatchObject({ status: 200, json: { followed: 1 } });
    expect(await world.broker().pollKeys()).toBe(1);
    // The version that it named does not exist, and nothing trusted it.
    expect(await world.broker().runCampaigns()).toBe(0);
  });

  // Evidence: Rotation by Event Grid.
  test("that comes again and again asks the vault every ten seconds at most", async () => {
    world.clock.nowMs += 60_000;
    for (let event = 0; event < 5; event += 1) {
      await deliver(inEventGridSchema());
      await world.broker().pollKeys();
    }
    await deliver(inEventGridSchema());
    expect(await world.broker().pollKeys()).toBe(0);
    world.clock.nowMs += 10_000;
    expect(await world.broker().pollKeys()).toBe(1);
  });

  test.each([
    ["of a key that no order follows", { ObjectName: "another-key" }],
    ["of a vault that is not ours", { VaultName: "elsewhere" }],
  ])("%s is accepted, and no vault is called", async (_case, change) => {
    world.clock.nowMs += 60_000;
    expect((await deliver(inEventGridSchema(change))).json).toEqual({ followed: 0 });
    expect(await world.broker().pollKeys()).toBe(0);
  });

  test.each([
    "Microsoft.KeyVault.KeyNearExpiry",
    "Microsoft.KeyVault.KeyExpired",
    "Microsoft.KeyVault.VaultAccessPolicyChanged",
    "Microsoft.KeyVault.KeyNewVersionCreated",
  ])("of type %s makes the broker check the vault's keys within a minute", async (type) => {
    world.clock.nowMs += 60_000;
    await world.broker().watchKeys();
    const before = await checkedAtMs();
    world.clock.nowMs += 30_000;
    await world.broker().watchKeys();
    expect(await checkedAtMs()).toBe(before);
    expect((await deliver(inEventGridSchema({}, type))).status).toBe(200);
    await world.broker().watchKeys();
    expect(await checkedAtMs()).toBe(world.clock.nowMs);
    // A second event at the same moment is not lost: the key is checked again a little later.
    await deliver(inEventGridSchema({}, type));
    await world.broker().watchKeys();
    expect(await checkedAtMs()).toBe(world.clock.nowMs);
    world.clock.nowMs += 20_000;
    await world.broker().watchKeys();
    expect(await checkedAtMs()).toBe(world.clock.nowMs);
  });

  test("of an unknown vault causes no check", async () => {
    const before = await checkedAtMs();
    world.clock.nowMs += 30_000;
    const type = "Microsoft.KeyVault.VaultAccessPolicyChanged";
    await deliver(inEventGridSchema({ VaultName: "elsewhere" }, type));
    await world.broker().watchKeys();
    expect(await checkedAtMs()).toBe(before);
  });

  test("of another type is let pass", async () => {
    const body = inEventGridSchema({}, "Microsoft.KeyVault.SecretNewVersionCreated");
    expect((await deliver(body)).json).toEqual({ followed: 0 });
  });
});

describe("a delivery", () => {
  test.each([
    ["for another audience", { ...EVENT_GRID, aud: undefined }, 401],
    ["by another tenant", { ...EVENT_GRID, iss: "https://sts.windows.net/other/" }, 401],
    ["without the role", { ...EVENT_GRID, roles: [] }, 403],
    ["by the subscription's writer, who holds the role too", { ...EVENT_GRID, appid: "x" }, 403],
    // Evidence: Rotation by Event Grid.
  ])("%s is refused", async (_case, claims, status) => {
    expect((await deliver(inEventGridSchema(), "application/json", claims)).status).toBe(status);
  });

  test.each([
    ["a vault's name that is a host", inEventGridSchema({ VaultName: "evil.example/" })],
    ["no name of a key", inEventGridSchema({ ObjectName: undefined })],
    ["something other than a key", inEventGridSchema({ ObjectType: "Secret" })],
    ["neither type", [{ id: "1" }]],
    ["both types", [{ ...asCloudEvent(), eventType: "x" }]],
    ["another version of CloudEvents", { ...asCloudEvent(), specversion: "0.3" }],
    ["a number", [7]],
  ])("with %s is refused, and says where", async (_case, body) => {
    const { status, json } = await deliver(body);
    expect(status).toBe(400);
    expect(json.error.details[0].message).toMatch(/events\[0\]|data|id|specversion/);
  });

  test("of another media type or beyond the cap is refused", async () => {
    expect((await deliver(inEventGridSchema(), "text/plain")).status).toBe(415);
    const long = inEventGridSchema({ Id: "x".repeat(300_000) });
    expect((await deliver(long)).status).toBe(413);
  });
});

describe("the handshake", () => {
  // Evidence: Rotation by Event Grid.
  test("of the Event Grid schema answers the code, with the token of a delivery only", async () => {
    const body = [
      {
        id: "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
        topic: "/subscriptions/s",
        subject: "",
        data: {
          validationCode: "512d38b6-c7b8-40c8-89fe-f46f9e9622b6",
          validationUrl: "https://rp-eastus2.eventgrid.azure.net:553/validate?id=512d38b6",
        },
        eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
        eventTime: "2026-07-25T01:08:33Z",
        metadataVersion: "1",
        dataVersion: "2",
      },
    ];
    expect(await deliver(body)).toMatchObject({
      status: 200,
      json: { validationResponse: "512d38b6-c7b8-40c8-89fe-f46f9e9622b6" },
    });
    expect((await deliver(body, "application/json", { roles: ["Owner"] })).status).toBe(401);
  });

  // Evidence: Rotation by Event Grid.
  test("of CloudEvents allows only Event Grid", async () => {
    expect((await ask("eventgrid.azure.net")).status).toBe(200);
    expect((await ask("evil.example")).status).toBe(400);
  });
});
