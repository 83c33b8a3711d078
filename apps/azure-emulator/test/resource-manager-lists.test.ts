import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Answer, startWorld, type World } from "./world.ts";

let world: World;
let subscription: string;
let group: string;

type Call = { method?: string; body?: object };
type Page = { value: { name: string; tags?: object }[]; nextLink?: string };

beforeAll(async () => {
  world = await startWorld();
  subscription = `/subscriptions/${world.emulator.subscriptionId}`;
  group = `${subscription}/resourceGroups/${world.emulator.resourceGroup}`;
  await put(`${subscription}/resourceGroups/sales`, { tags: { dept: "sales" } });
  await put(`${subscription}/resourceGroups/research`, { tags: { dept: "research" } });
  for (const name of ["list-a", "list-b", "list-c"]) await world.createVault(name);
  await put(account("listedaccount"), {
    kind: "StorageV2",
    sku: { name: "Standard_LRS" },
    tags: { dept: "sales" },
  });
});
afterAll(() => world[Symbol.asyncDispose]());

async function call(path: string, { method = "GET", body }: Call = {}): Promise<Answer> {
  const { token } = await world.owner.credential.getToken(`${world.emulator.armUrl}/.default`);
  const url = path.startsWith("https:") ? path : `${world.emulator.armUrl}${path}`;
  return world.send(url, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body && { body }),
  });
}
const at = (path: string, version = "2022-12-01"): string => `${path}?api-version=${version}`;
const account = (name: string) => `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
async function put(path: string, body: object): Promise<void> {
  const answer = await call(at(path), { method: "PUT", body: { location: "westus", ...body } });
  expect([200, 201]).toContain(answer.status);
}
const namesOf = ({ json }: Answer): string[] =>
  (json as Page).value.map(({ name }) => name).toSorted();
const list = (path: string, query: Record<string, string>): Promise<Answer> =>
  call(`${at(path)}&${new URLSearchParams(query).toString()}`);

describe("a list", () => {
  test.each([
    ["tagName eq 'dept' and tagValue eq 'sales'", ["listedaccount"]],
    ["substringof('list-', name)", ["list-a", "list-b", "list-c"]],
    [
      "name eq 'list-a' or resourceType eq 'Microsoft.Storage/storageAccounts' and name eq 'listedaccount'",
      ["list-a", "listedaccount"],
    ],
    ["resourceType eq 'Microsoft.KeyVault/vaults' and resourceGroup eq 'elsewhere'", []],
  ])("of resources has those of %s", async (filter, names) => {
    expect(namesOf(await list(`${subscription}/resources`, { $filter: filter }))).toEqual(names);
  });

  test("of resources by a tag's value does not repeat the tags", async () => {
    const $filter = "tagName eq 'dept' and tagValue eq 'sales'";
    const { json } = await list(`${subscription}/resources`, { $filter });
    expect((json as Page).value[0]).not.toHaveProperty("tags");
  });

  test("of groups has those with a tag", async () => {
    const $filter = "tagName eq 'dept' and tagValue eq 'sales'";
    expect(namesOf(await list(`${subscription}/resourceGroups`, { $filter }))).toEqual(["sales"]);
  });

  test.each([
    ["groups", () => `${subscription}/resourceGroups`, "2022-12-01"],
    ["resources", () => `${group}/resources`, "2022-12-01"],
    ["vaults", () => `${group}/providers/Microsoft.KeyVault/vaults`, "2026-02-01"],
  ])("of %s has pages of $top, each linked to the next", async (_, pathOf, version) => {
    const all = namesOf(await call(at(pathOf(), version)));
    const found: string[] = [];
    let next: string | undefined = `${at(pathOf(), version)}&$top=2`;
    while (next !== undefined) {
      const { json } = await call(next);
      const page = json as Page;
      expect(page.value.length).toBeLessThanOrEqual(2);
      found.push(...page.value.map(({ name }) => name));
      next = page.nextLink;
    }
    expect(found.toSorted()).toEqual(all);
  });

  test("refuses a $top below 1", async () => {
    expect(await list(`${subscription}/resourceGroups`, { $top: "0" })).toMatchObject({
      status: 400,
    });
  });

  test("of an organization's own roles is empty", async () => {
    const path = at(`${group}/providers/Microsoft.Authorization/roleDefinitions`, "2022-04-01");
    const { json } = await call(`${path}&$filter=type%20eq%20'CustomRole'`);
    expect(json).toEqual({ value: [] });
  });
});

describe("PATCH", () => {
  test("changes the tags of a group, and nothing else", async () => {
    const path = at(`${subscription}/resourceGroups/research`);
    const tagged = await call(path, { method: "PATCH", body: { tags: { dept: "lab" } } });
    expect(tagged).toMatchObject({
      status: 200,
      json: { name: "research", location: "westus", tags: { dept: "lab" } },
    });
    expect((await call(path, { method: "PATCH", body: {} })).json).toMatchObject({
      tags: { dept: "lab" },
    });
    const absent = at(`${subscription}/resourceGroups/absent`);
    expect(await call(absent, { method: "PATCH", body: {} })).toMatchObject({
      status: 404,
      json: { error: { code: "ResourceGroupNotFound" } },
    });
  });

  test("changes what it names of a storage account", async () => {
    const body = { sku: { name: "Standard_GRS" } };
    expect(await call(at(account("listedaccount")), { method: "PATCH", body })).toMatchObject({
      status: 200,
      json: { kind: "StorageV2", sku: { name: "Standard_GRS" }, tags: { dept: "sales" } },
    });
  });
});

test("a managed HSM is not there, as any other resource is not", async () => {
  const path = `${group}/providers/Microsoft.KeyVault/managedHSMs/none`;
  expect(await call(at(path, "2026-02-01"))).toMatchObject({
    status: 404,
    json: { error: { code: "ResourceNotFound" } },
  });
});

const rotationPolicy = (timeAfterCreate: string) => ({
  attributes: { expiryTime: "P90D" },
  lifetimeActions: [{ trigger: { timeAfterCreate }, action: { type: "rotate" } }],
});

test("a key that a template makes has the rotation policy that it names", async () => {
  const path = `${group}/providers/Microsoft.KeyVault/vaults/list-a/keys`;
  const make = (name: string, policy: object) =>
    call(at(`${path}/${name}`, "2026-02-01"), {
      method: "PUT",
      body: { properties: { kty: "EC", rotationPolicy: policy } },
    });
  const expected = {
    attributes: { expiryTime: "P90D" },
    lifetimeActions: [
      { trigger: { timeAfterCreate: "P60D" }, action: { type: "rotate" } },
      { trigger: { timeBeforeExpiry: "P30D" }, action: { type: "notify" } },
    ],
  };
  const made = await make("turned", rotationPolicy("P60D"));
  expect(made.json).toMatchObject({ properties: { rotationPolicy: expected } });
  const keys = world.keyClient(`https://list-a.${world.emulator.vaultSuffix}`);
  expect(await keys.getKeyRotationPolicy("turned")).toMatchObject({ expiresIn: "P90D" });
  expect(await make("refused", rotationPolicy("P1D"))).toMatchObject({
    status: 400,
    json: { error: { message: expect.stringContaining("at least 7 days") } },
  });
});
