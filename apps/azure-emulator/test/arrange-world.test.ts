import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { arrangeWorld } from "../src/index.ts";
import { startWorld, type World } from "./world.ts";

const CLIENT = "11111111-2222-4333-8444-555555555555";
const application = { secret: "a-secret-of-the-test", objectId: CLIENT };
let isReady = false;
let folder: string;
let world: World;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  world = await startWorld({ isReady: () => isReady });
  folder = mkdtempSync(join(tmpdir(), "arrange-world-"));
  writeFileSync(file("ca.pem"), world.emulator.caPem);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const arrange = (options: Readonly<Record<"seed" | "fault", unknown>> | { clock: string }) => {
  const target = { controlUrl: world.emulator.controlUrl, caFile: file("ca.pem") };
  if ("clock" in options) return arrangeWorld(target, options);
  const files = Object.entries(options).flatMap(([name, content]) => {
    if (content === undefined) return [];
    writeFileSync(file(name), JSON.stringify(content));
    return [[name, file(name)]];
  });
  return arrangeWorld(target, Object.fromEntries(files));
};
const group = () =>
  `https://arm.localhost/subscriptions/${world.emulator.subscriptionId}/resourceGroups/${world.emulator.resourceGroup}`;
const identity = () =>
  `${group()}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/seeded?api-version=2023-01-31`;

const health = () => world.send(`${world.emulator.controlUrl}/health`);

test("health says when all is there", async () => {
  expect(await health()).toMatchObject({ status: 503, json: { status: "starting" } });
  isReady = true;
  expect(await health()).toMatchObject({ status: 200, json: { status: "ready" } });
});

test("a seed makes applications, users and settings, and sends requests as an application", async () => {
  await arrange({
    seed: {
      applications: { [CLIENT]: application },
      users: { "ada@contoso.example": { password: "a-password-of-the-test" } },
      settings: { throttling: false },
      requests: [{ as: CLIENT, url: identity(), body: { location: "westus" } }],
    },
    fault: undefined,
  });
  expect((await world.control("GET", "/settings")).json).toMatchObject({ throttling: false });
  await expect(
    world.control("PUT", "/imds", {
      identities: [new URL(identity()).pathname],
    }),
  ).resolves.toMatchObject({ status: 200 });
});

test("a reset brings back the kept state, and a client's token stays valid", async () => {
  const vaults = async () =>
    (await world.arm.vaults.listByResourceGroup(world.emulator.resourceGroup).byPage().next())
      .value;
  world.emulator.keep();
  await world.createVault("made-later");
  await world.control("PATCH", "/settings", { throttling: true });
  await world.control("POST", "/clock/advance", { seconds: 60 });
  expect(await vaults()).toMatchObject([{ name: "made-later" }]);
  expect(await world.control("POST", "/reset")).toMatchObject({ status: 204 });
  expect(await vaults()).toEqual([]);
  expect((await world.control("GET", "/settings")).json).toMatchObject({ throttling: false });
  expect((await world.control("GET", "/clock")).json).toMatchObject({ offsetSeconds: 0 });
});

test("faults are those of the file, and none strikes the seed", async () => {
  const fault = { scope: { service: "resource-manager" }, effect: { kind: "status", status: 503 } };
  await arrange({
    seed: {
      applications: { [CLIENT]: application },
      requests: [{ as: CLIENT, url: identity(), body: { location: "westus" } }],
    },
    fault: [fault],
  });
  expect((await world.control("GET", "/faults")).json).toMatchObject({ value: [fault] });
  await world.control("DELETE", "/faults");
});

test.each([
  ["2027-03-01T00:00:00Z", "2027-03-01"],
  ["P1Y", "2028-03-01"],
  ["86400", "2028-03-02"],
])("the clock starts at %s", async (clock, day) => {
  await arrange({ clock });
  expect((await world.control("GET", "/clock")).json).toMatchObject({
    now: expect.stringMatching(new RegExp(`^${day}T`, "u")),
  });
});

test.each(["yesterday", "P1X"])("the clock %s ends the start, and is named", async (clock) => {
  await expect(arrange({ clock })).rejects.toThrow(`--clock ${clock}: `);
});

test.each([
  ["an unknown member", { vaults: [] }, undefined, /^--seed \S+: .*vaults/u],
  [
    "a request of an unknown application",
    { requests: [{ as: CLIENT, url: "https://arm.localhost/subscriptions" }] },
    undefined,
    /requests\.0\.as: no application of this file with a secret is 1{8}/u,
  ],
  [
    "a host elsewhere",
    { requests: [{ as: CLIENT, url: "https://management.azure.com/" }] },
    undefined,
    /^--seed \S+: .*url/u,
  ],
  [
    "a request that is refused",
    {
      applications: { [CLIENT]: application },
      requests: [{ as: CLIENT, url: "https://arm.localhost/none?api-version=2022-04-01" }],
    },
    undefined,
    /^--seed \S+: PUT https:\/\/arm\.localhost:\d+\/none\S* was answered 4\d\d: /u,
  ],
  ["a fault without effect", undefined, [{ scope: {} }], /^--fault \S+: effect/u],
])("%s ends the start, and is named", async (_name, seed, fault, message) => {
  await expect(arrange({ seed, fault })).rejects.toThrow(message);
});
