import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startWorld, type World } from "./world.ts";

/**
 * Every version of the data plane, oldest first, with the attributes and operations that it adds
 * (azure-rest-api-specs, keyvault/data-plane/Keys; recordings of the SDKs for those before 7.5). A
 * version has all that the ones before it have. The key is not exportable.
 */
const VERSIONS: readonly (readonly [
  version: string,
  attributes: readonly string[],
  operations: readonly string[],
])[] = [
  ["2016-10-01", ["enabled", "created", "updated", "recoveryLevel"], []],
  ["7.0", [], []],
  ["7.1", ["recoverableDays"], []],
  ["7.2-preview", [], []],
  ["7.2", [], []],
  ["7.3-preview", [], ["GET /rotationpolicy", "POST /rotate", "POST //release"]],
  ["7.3", [], []],
  ["7.4-preview.1", [], []],
  ["7.4", ["exportable"], []],
  ["7.5-preview.1", [], []],
  ["7.5", ["hsmPlatform"], []],
  ["7.6-preview.1", [], []],
  ["7.6-preview.2", [], ["GET //attestation"]],
  ["7.6", [], []],
  ["2025-06-01-preview", [], []],
  ["2025-07-01", [], []],
  ["2026-01-01-preview", ["key_size"], ["POST //securewrapkey", "POST //secureunwrapkey"]],
  ["2026-03-01-preview", [], []],
  ["2026-04-01", ["external_key"], []],
  ["2026-05-01-preview", [], []],
  ["2026-07-01-preview", [], []],
];
const OPERATIONS = VERSIONS.flatMap(([, , operations]) => operations);
const upTo = (index: number, column: 1 | 2) =>
  VERSIONS.slice(0, index + 1).flatMap((row) => row[column]);
const INDEXED = VERSIONS.map(([version], index) => [version, index] as const);
/** Versions that cannot release keys, and show nothing about it. */
const BEFORE_RELEASE = new Set(["2016-10-01", "7.0", "7.1", "7.2-preview", "7.2"]);
/** Of the control plane, of another year, of an ended preview; not one of the data plane. */
const UNKNOWN = ["2026-02-01", "2027-01-01", "7.7", "7.4-preview", "2026-06-01-preview", "latest"];

let world: World;
let keyUrl: string;
let exportableUrl: string;

beforeAll(async () => {
  world = await startWorld();
  await world.control("PATCH", "/settings", { throttling: false, visibilityDelaySeconds: 0 });
  keyUrl = `${await world.createVault("versions")}/keys/each`;
  const attributes = { external_key: { id: "kms-1" } };
  const url = `${keyUrl}/create?api-version=2026-04-01`;
  const body = { kty: "oct-HSM", key_size: 256, attributes };
  expect(await world.callVault(url, { method: "POST", body })).toMatchObject({ status: 200 });
  exportableUrl = keyUrl.replace("each", "exportable");
  const exportable = await world.callVault(`${exportableUrl}/create?api-version=7.4`, {
    method: "POST",
    body: { kty: "RSA-HSM", attributes: { exportable: true }, release_policy: { data: "e30" } },
  });
  expect(exportable).toMatchObject({ status: 200 });
});
afterAll(() => world[Symbol.asyncDispose]());

/** Whether the version has the operation: one that it lacks is refused for the version alone. */
async function has(version: string, operation: string): Promise<boolean> {
  const [method = "", path = ""] = operation.split(" ");
  const url = `${keyUrl}${path}?api-version=${version}`;
  const body = method === "POST" ? { body: {} } : {};
  const { status, json } = await world.callVault(url, { method, ...body });
  const message = (json as { error?: { message: string } }).error?.message ?? "";
  return !(status === 400 && message.includes(`'${version}' is not supported`));
}

describe("the data plane's api-version", () => {
  test.each(INDEXED)("%s shows the attributes that it has", async (version, index) => {
    const { status, json } = await world.callVault(`${keyUrl}?api-version=${version}`);
    const { attributes } = json as { attributes: object };
    expect({ status, names: Object.keys(attributes).toSorted() }).toEqual({
      status: 200,
      names: upTo(index, 1).toSorted(),
    });
  });

  test.each(INDEXED)("%s says of an exportable key that it is, from 7.3 on", async (version) => {
    const { json } = await world.callVault(`${exportableUrl}?api-version=${version}`);
    const { attributes } = json as { attributes: { exportable?: boolean } };
    expect(attributes.exportable).toBe(BEFORE_RELEASE.has(version) ? undefined : true);
  });

  test.each(INDEXED)("%s has the operations of its time", async (version, index) => {
    const found: string[] = [];
    for (const operation of OPERATIONS) if (await has(version, operation)) found.push(operation);
    expect(found).toEqual(upTo(index, 2));
  });

  test.each(UNKNOWN)("%s is refused", async (version) => {
    expect(await world.callVault(`${keyUrl}?api-version=${version}`)).toMatchObject({
      status: 400,
      json: {
        error: {
          code: "BadParameter",
          message: `The specified version (${version}) is not recognized. Consider using the latest supported version (2026-04-01).`,
        },
      },
    });
  });
});
