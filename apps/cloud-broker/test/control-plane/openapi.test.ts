// @module-tag one-engine

import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openApiPath } from "../../src/api/openapi/create-document.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
});
afterAll(() => world[Symbol.asyncDispose]());

const read = async () => (await world.call("GET", "/openapi.json", { claims: "none" })).json;

test("the document is valid OpenAPI 3.1 and needs no token", async () => {
  const document = await read();
  expect(document.openapi).toBe("3.1.0");
  const { valid, errors } = await new Validator().validate(document);
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test("every route is described, with its action, and nothing else is", async () => {
  const { paths } = await read();
  const described = new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods as object).map(
        ([method, operation]) =>
          [
            `${method.toUpperCase()} ${path}`,
            (operation as Record<string, unknown>)["x-arm-action"],
          ] as const,
      ),
    ),
  );
  const served = new Map(
    world
      .broker()
      .routes.map(
        (route) =>
          [
            `${route.method} ${openApiPath(route.path)}`,
            "action" in route ? route.action : undefined,
          ] as const,
      ),
  );
  expect(described).toEqual(served);
});

test("operation ids are short, unique and those of Azure, and every reference leads somewhere", async () => {
  const document = await read();
  const text = JSON.stringify(document);
  const ids = [...text.matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id);

  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(
    expect.arrayContaining([
      "Operations_List",
      "Jobs_List",
      "Jobs_ListByResourceGroup",
      "Jobs_Get",
      "Jobs_Create",
      "Jobs_Update",
      "Jobs_Delete",
      "Jobs_Cancel",
      "Jobs_BookShipmentPickUp",
      "Jobs_ListCredentials",
      "Service_ValidateAddress",
      "Service_ValidateInputs",
      "Service_ValidateInputsByResourceGroup",
      "Service_RegionConfiguration",
      "Service_RegionConfigurationByResourceGroup",
    ]),
  );
  for (const id of ids) expect(id).toMatch(/^[A-Z][A-Za-z]+_[A-Z][A-Za-z]+$/);
  expect(Math.max(...ids.map((id = "") => id.length))).toBeLessThan(48);
  for (const [, kind, name] of text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g))
    expect(document.components).toHaveProperty(`${String(kind)}.${String(name)}`);
  const { schema } = document.components.parameters.ApiVersion;
  expect(schema.enum).toContain("2025-07-01");
});

test("tags are described where they are declared, and each operation has a description", async () => {
  const { info, tags, paths } = await read();
  expect(info).toMatchObject({
    contact: expect.any(Object),
    description: expect.any(String),
    license: { name: "MIT" },
  });
  const declared = (tags as readonly { readonly name: string }[]).map(({ name }) => name);
  const all = Object.values<Readonly<Record<string, unknown>>>(paths).flatMap((path) =>
    Object.values(path),
  );
  expect(all.length).toBeGreaterThan(100);
  for (const operation of all)
    expect(operation).toMatchObject({
      description: expect.stringMatching(/^\S.* Needs \S.*\.$/),
      tags: [expect.toBeOneOf(declared)],
    });
});

test("a secret that is written is never read back", async () => {
  const { components } = await read();
  const written = JSON.stringify(components.schemas.JobWrite);
  const shown = JSON.stringify(components.schemas.JobResource);
  for (const member of ["devicePassword", "sharePassword"]) {
    expect(written).toContain(member);
    expect(shown).not.toContain(member);
  }
});
