// @module-tag one-engine

import { API_VERSIONS, armErrorBody, jobResource, operationList } from "@databox-cmk/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { exactly } from "../world/exactly.ts";
import {
  GROUP,
  jobPath,
  minimalJob,
  OLDER_API as API,
  STORAGE_ACCOUNT,
  SUBSCRIPTION,
} from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker({ settings: { LRO_RETRY_AFTER_SECONDS: "10" } });
  await world.call("PUT", `${jobPath("placed")}?${API}`, { body: minimalJob() });
});
afterAll(() => world[Symbol.asyncDispose]());

const relative = (location: string | string[] | undefined): string => {
  expect(location).toMatch(/^https:\/\/localhost:\d+\//);
  return String(location).slice(world.url().length);
};

test("create is 202 by Location, 202 with the order's own Location, 200", async () => {
  const accepted = await world.call("PUT", `${jobPath("lro")}?${API}`, { body: minimalJob() });
  expect(accepted).toMatchObject({ status: 202, text: "", headers: { "retry-after": "10" } });
  const operation = relative(accepted.headers["location"]);
  expect(operation).toMatch(
    new RegExp(
      `^/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DataBox/locations/westus/operationResults/[0-9a-f-]{36}\\?${API}$`,
    ),
  );
  const polled = await world.call("GET", operation);
  expect(polled).toMatchObject({ status: 202, text: "", headers: { "retry-after": "10" } });
  expect(relative(polled.headers["location"])).toBe(`${jobPath("lro")}?${API}`);
  const job = await world.call("GET", relative(polled.headers["location"]));
  expect(job).toMatchObject({ status: 200, json: { name: "lro" } });
});

const firstOperation = async (version: string) => {
  const path = `/providers/Microsoft.DataBox/operations?api-version=${version}`;
  return exactly(operationList, (await world.call("GET", path)).json).value[0];
};
test("an operation says whether it is about data, from the version of Azure's recording", async () => {
  expect(await firstOperation("2022-12-01")).toHaveProperty("isDataAction", false);
  expect(await firstOperation("2019-09-01")).not.toHaveProperty("isDataAction");
});

test("an empty text is refused by words that name no number", async () => {
  const body = minimalJob();
  body.properties.details.contactDetails.phone = "";
  const { json } = await world.call("PUT", `${jobPath("empty")}?${API}`, { body });
  expect(json.error.message).toContain("contactDetails.phone: must not be empty");
});

test("delete is 202 with the same Location, then 204; of nothing it is 204", async () => {
  await world.call("PUT", `${jobPath("gone")}?${API}`, { body: minimalJob() });
  expect((await world.call("DELETE", `${jobPath("gone")}?${API}`)).json.error).toMatchObject({
    code: "OrderStageForbids",
  });
  await world.call("POST", `${jobPath("gone")}/cancel?${API}`, { body: { reason: "x" } });
  const accepted = await world.call("DELETE", `${jobPath("gone")}?${API}`);
  expect(accepted.status).toBe(202);
  const operation = relative(accepted.headers["location"]);
  expect(operation).toMatch(/-deleteorder\?/);
  const first = await world.call("GET", operation);
  expect(first).toMatchObject({ status: 202, headers: { "retry-after": "10" } });
  expect(relative(first.headers["location"])).toBe(operation);
  expect((await world.call("GET", operation)).status).toBe(204);
  expect((await world.call("DELETE", `${jobPath("gone")}?${API}`)).status).toBe(204);
  expect((await world.call("DELETE", `${jobPath("never")}?${API}`)).status).toBe(204);
});

test("the region in the path of a deletion is only repeated, whatever it is", async () => {
  const job = jobPath("region");
  await world.call("PUT", `${job}?${API}`, { body: minimalJob() });
  await world.call("POST", `${job}/cancel?${API}`, { body: { reason: "x" } });
  const deleted = await world.call("DELETE", `${job}?${API}`);
  const operation = relative(deleted.headers["location"]).replace("/westus/", "/a%0D%0Ab%3F/");
  const polled = await world.call("GET", operation);
  expect(polled.status).toBe(202);
  expect(relative(polled.headers["location"])).toBe(operation);
});

test("an operation of another subscription does not exist", async () => {
  const accepted = await world.call("PUT", `${jobPath("mine")}?${API}`, { body: minimalJob() });
  const operation = relative(accepted.headers["location"]);
  const other = operation.replace(SUBSCRIPTION, "55555555-5555-4555-8555-555555555555");
  expect((await world.call("GET", other)).status).toBe(404);
});

test("answers carry Resource Manager's headers, and echo only what can stand in one", async () => {
  const { headers } = await world.call("GET", `${jobPath("placed")}?${API}`, {
    headers: {
      "x-ms-client-request-id": "client-1",
      "x-ms-correlation-request-id": "correlation-1",
    },
  });
  expect(headers).toMatchObject({
    "cache-control": "no-cache",
    pragma: "no-cache",
    expires: "-1",
    "x-ms-client-request-id": "client-1",
    "x-ms-correlation-request-id": "correlation-1",
    "x-content-type-options": "nosniff",
    "content-type": "application/json; charset=utf-8",
  });
  expect(headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers["x-ms-routing-request-id"]).toContain(headers["x-ms-request-id"]);
  expect(headers["strict-transport-security"]).toContain("max-age");
  const odd = await world.call("GET", `${jobPath("placed")}?${API}`, {
    headers: { "x-ms-client-request-id": "<script>" },
  });
  expect(odd.headers["x-ms-client-request-id"]).toBeUndefined();
});

describe("members on the wire", () => {
  test("stand in Azure's order, with seven digits and an offset", async () => {
    const { json, text } = await world.call("GET", `${jobPath("placed")}?api-version=2020-11-01`);
    expect(Object.keys(json)).toEqual([
      "properties",
      "location",
      "tags",
      "sku",
      "identity",
      "name",
      "id",
      "type",
    ]);
    expect(json.properties).toEqual({
      transferType: "ImportToAzure",
      isCancellable: true,
      isDeletable: false,
      isShippingAddressEditable: true,
      isPrepareToShipEnabled: true,
      status: "DeviceOrdered",
      startTime: "2026-01-02T03:04:05.6780000+00:00",
      deliveryType: "NonScheduled",
      deliveryInfo: { scheduledDateTime: "0001-01-01T00:00:00+00:00" },
      isCancellableWithoutFee: true,
    });
    expect(text).not.toContain("null");
    expect(json.identity).toEqual({ type: "None" });
    expect(json.id).toBe(jobPath("placed"));
  });

  test.each(Object.keys(API_VERSIONS))("api-version %s has its own shape", async (version) => {
    const plain = await world.call("GET", `${jobPath("placed")}?api-version=${version}`);
    const expanded = await world.call(
      "GET",
      `${jobPath("placed")}?api-version=${version}&$expand=details`,
    );
    for (const { json } of [plain, expanded]) exactly(jobResource, json);
    const isPartial = version >= "2021-03-01";
    expect("details" in plain.json.properties).toBe(isPartial);
    expect("jobStages" in (plain.json.properties.details ?? {})).toBe(false);
    expect("systemData" in plain.json).toBe(isPartial);
    expect("model" in plain.json.sku).toBe(version >= "2024");
    expect("reverseShippingDetailsUpdate" in plain.json.properties).toBe(version >= "2022-12-01");
    const listed = await world.call(
      "GET",
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.DataBox/jobs?api-version=${version}`,
    );
    const item = (listed.json.value as readonly { name: string; properties: object }[]).find(
      ({ name }) => name === "placed",
    );
    expect(item?.properties).toEqual(
      version >= "2022-12-01"
        ? plain.json.properties
        : { ...plain.json.properties, details: undefined },
    );
    expect(expanded.json.properties.details.jobStages).toHaveLength(8);
    expect(Object.keys(expanded.json.properties.details).slice(0, 4)).toEqual([
      "copyProgress",
      "jobStages",
      "contactDetails",
      "shippingAddress",
    ]);
  });

  test("the region keeps its letter case in the order and in lists; paths have it in lower case", async () => {
    const body = { ...minimalJob(), location: "WestUS" };
    const accepted = await world.call("PUT", `${jobPath("cased")}?${API}`, { body });
    expect(relative(accepted.headers["location"])).toContain("/locations/westus/");
    const { json } = await world.call("GET", `${jobPath("cased")}?${API}`);
    expect(json.location).toBe("WestUS");
    const listed = await world.call(
      "GET",
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.DataBox/jobs?${API}`,
    );
    expect(listed.json.value).toContainEqual(
      expect.objectContaining({ name: "cased", location: "WestUS" }),
    );
  });

  test("old versions may leave transferType out and name accounts in the old way", async () => {
    const { transferType: _left, ...properties } = minimalJob().properties;
    const { dataImportDetails: _gone, ...details } = properties.details;
    const body = {
      ...minimalJob(),
      properties: {
        ...properties,
        details: {
          ...details,
          destinationAccountDetails: [
            { dataDestinationType: "StorageAccount", storageAccountId: STORAGE_ACCOUNT },
          ],
        },
      },
    };
    const old = await world.call("PUT", `${jobPath("old")}?api-version=2018-01-01`, { body });
    expect(old.status).toBe(202);
    const read = await world.call(
      "GET",
      `${jobPath("old")}?api-version=2019-09-01&$expand=details`,
    );
    expect(read.json.properties.details).toMatchObject({
      destinationAccountDetails: [
        {
          dataDestinationType: "StorageAccount",
          storageAccountId: STORAGE_ACCOUNT,
          accountId: STORAGE_ACCOUNT,
        },
      ],
      errorDetails: [],
    });
    const { json } = await world.call("GET", `${jobPath("old")}?${API}&$expand=details`);
    expect(json.properties.details).not.toHaveProperty("destinationAccountDetails");
    expect(json.properties.details.dataImportDetails[0].accountDetails.storageAccountId).toBe(
      STORAGE_ACCOUNT,
    );
    const current = await world.call("PUT", `${jobPath("new")}?${API}`, { body });
    expect(current.json.error).toMatchObject({ target: "properties.transferType" });
  });

  test.each([
    ["2019-09-01", { destinationLocation: "westus", serviceLocation: "westus" }],
    ["2025-07-01", { dataLocation: "westus", serviceLocation: "westus" }],
  ])("skus of a subscription have the members of %s", async (version, pair) => {
    const { json } = await world.call(
      "POST",
      `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DataBox/locations/westus/availableSkus?api-version=${version}`,
      { body: { transferType: "ImportToAzure", country: "US", location: "westus" } },
    );
    const { destinationToServiceLocationMap, dataLocationToServiceLocationMap } =
      json.value[0].properties;
    expect([destinationToServiceLocationMap, dataLocationToServiceLocationMap]).toEqual(
      version === "2019-09-01" ? [[pair], undefined] : [undefined, [pair]],
    );
    const byDevice = json.value.map(
      (each: { properties: { capacity: { individualSkuUsable?: string } } }) =>
        each.properties.capacity.individualSkuUsable,
    );
    expect(byDevice).toEqual(
      version === "2019-09-01" ? Array(4).fill(undefined) : ["80", "800", "7", "0"],
    );
  });

  test("an order that was read can be written again: read-only members are ignored, nulls are absent", async () => {
    const { json } = await world.call(
      "GET",
      `${jobPath("placed")}?api-version=2025-07-01&$expand=details`,
    );
    const copy = await world.call("PUT", `${jobPath("copy")}?api-version=2025-07-01`, {
      body: { ...json, properties: { ...json.properties, error: null }, tags: null },
    });
    expect(copy.status).toBe(202);
    const again = await world.call(
      "GET",
      `${jobPath("copy")}?api-version=2025-07-01&$expand=details`,
    );
    expect(again.json.properties.details).toEqual(json.properties.details);
  });
});

const withDetails = (change: object) => ({
  ...minimalJob(),
  properties: {
    ...minimalJob().properties,
    details: { ...minimalJob().properties.details, ...change },
  },
});

describe("the wrong member is named", () => {
  const cases: readonly [string, string, string, unknown, number, string, string][] = [
    ["no api-version", "GET", jobPath("placed"), undefined, 400, "MissingApiVersionParameter", ""],
    [
      "unknown api-version",
      "GET",
      `${jobPath("placed")}?api-version=2017-01-01`,
      undefined,
      400,
      "InvalidApiVersionParameter",
      "2025-07-01",
    ],
    [
      "short name",
      "GET",
      `${jobPath("ab")}?${API}`,
      undefined,
      400,
      "InvalidResourceName",
      "3 to 24",
    ],
    [
      "name with a space",
      "GET",
      `${jobPath("a%20b%20c")}?${API}`,
      undefined,
      400,
      "InvalidResourceName",
      "3 to 24",
    ],
    [
      "subscription that is not a GUID",
      "GET",
      `/subscriptions/x/providers/Microsoft.DataBox/jobs?${API}`,
      undefined,
      404,
      "SubscriptionNotFound",
      "GUID",
    ],
    [
      "unknown $expand",
      "GET",
      `${jobPath("placed")}?${API}&$expand=all`,
      undefined,
      400,
      "InvalidRequestContent",
      "$expand",
    ],
    [
      "foreign $skipToken",
      "GET",
      `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DataBox/jobs?${API}&$skipToken=${Buffer.from("/subscriptions/5").toString("base64url")}`,
      undefined,
      400,
      "InvalidRequestContent",
      "$skipToken",
    ],
    [
      "a model of another sku",
      "PUT",
      `${jobPath("bad")}?${API}`,
      { ...minimalJob(), sku: { name: "DataBox", model: "DataBoxHeavy" } },
      400,
      "InvalidRequestContent",
      "model: DataBoxHeavy is not a DataBox; expected one of DataBox, AzureDataBox120",
    ],
    [
      "unknown member",
      "PUT",
      `${jobPath("bad")}?${API}`,
      withDetails({ surprise: 1 }),
      400,
      "InvalidRequestContent",
      "properties.details: unknown member surprise",
    ],
    [
      "unknown sku",
      "PUT",
      `${jobPath("bad")}?${API}`,
      { ...minimalJob(), sku: { name: "DataBoxDisk" } },
      400,
      "InvalidRequestContent",
      "sku.name: expected one of DataBox, DataBoxHeavy",
    ],
    [
      "details of another sku",
      "PUT",
      `${jobPath("bad")}?${API}`,
      withDetails({ jobDetailsType: "DataBoxHeavy" }),
      400,
      "InvalidRequestContent",
      "jobDetailsType: expected DataBox",
    ],
    [
      "country of three letters",
      "PUT",
      `${jobPath("bad")}?${API}`,
      withDetails({ shippingAddress: { streetAddress1: "x", country: "USA" } }),
      400,
      "InvalidRequestContent",
      "shippingAddress.country",
    ],
    [
      "control character in a name",
      "PUT",
      `${jobPath("bad")}?${API}`,
      withDetails({
        contactDetails: { contactName: "a\u0000b", phone: "1", emailList: ["a@b.c"] },
      }),
      400,
      "InvalidRequestContent",
      "contactName",
    ],
    [
      "key without its URL",
      "PUT",
      `${jobPath("bad")}?${API}`,
      withDetails({ keyEncryptionKey: { kekType: "CustomerManaged" } }),
      400,
      "InvalidRequestContent",
      "kekUrl: expected the URL of a key",
    ],
    [
      "weak device password",
      "PUT",
      `${jobPath("bad")}?${API}`,
      withDetails({ devicePassword: "short" }),
      400,
      "InvalidDevicePassword",
      "devicePassword: too-short",
    ],
    [
      "weak share password",
      "PUT",
      `${jobPath("bad")}?${API}`,
      withDetails({
        dataImportDetails: [
          {
            accountDetails: {
              dataAccountType: "StorageAccount",
              storageAccountId: STORAGE_ACCOUNT,
              sharePassword: "weak",
            },
          },
        ],
      }),
      400,
      "InvalidDevicePassword",
      "sharePassword: too-short",
    ],
    [
      "export with imports",
      "PUT",
      `${jobPath("bad")}?${API}`,
      {
        ...minimalJob(),
        properties: { ...minimalJob().properties, transferType: "ExportFromAzure" },
      },
      400,
      "InvalidRequestContent",
      "dataImportDetails: not with transferType ExportFromAzure",
    ],
    [
      "sku in a PATCH",
      "PATCH",
      `${jobPath("placed")}?${API}`,
      { sku: { name: "DataBoxHeavy" } },
      400,
      "InvalidRequestContent",
      "unknown member sku",
    ],
    [
      "user identity without one",
      "PATCH",
      `${jobPath("placed")}?${API}`,
      { identity: { type: "UserAssigned" } },
      400,
      "IdentityUpdateInvalid",
      "at least one identity",
    ],
    [
      "user identity that is none",
      "PATCH",
      `${jobPath("placed")}?${API}`,
      { identity: { type: "UserAssigned", userAssignedIdentities: { "/not/an/identity": {} } } },
      400,
      "InvalidRequestContent",
      "identity.userAssignedIdentities",
    ],
    [
      "unknown order",
      "PATCH",
      `${jobPath("unknown")}?${API}`,
      {},
      404,
      "ResourceNotFound",
      "unknown",
    ],
    [
      "cancel without a reason",
      "POST",
      `${jobPath("placed")}/cancel?${API}`,
      {},
      400,
      "InvalidRequestContent",
      "reason: expected string",
    ],
    [
      "mitigate of nothing",
      "POST",
      `${jobPath("placed")}/mitigate?${API}`,
      { customerResolutionCode: "Resume" },
      409,
      "OrderStageForbids",
      "does not wait for an action",
    ],
    [
      "pick-up before delivery",
      "POST",
      `${jobPath("placed")}/bookShipmentPickUp?${API}`,
      {
        startTime: "2026-01-05T08:00:00Z",
        endTime: "2026-01-05T12:00:00Z",
        shipmentLocation: "Front desk",
      },
      409,
      "OrderStageForbids",
      "expected stage Delivered",
    ],
    [
      "method that is not there",
      "PUT",
      `${jobPath("placed")}/cancel?${API}`,
      {},
      405,
      "MethodNotAllowed",
      "",
    ],
  ];
  test.each(cases)("%s", async (_name, method, path, body, status, code, text) => {
    const answer = await world.call(method, path, body === undefined ? {} : { body });
    expect(answer.json.error?.code).toBe(code);
    expect(answer.status).toBe(status);
    exactly(armErrorBody, answer.json);
    expect(answer.text).toContain(text);
    expect(answer.headers["x-ms-error-code"]).toBe(code);
  });

  test("nothing of a refused order is there", async () => {
    expect((await world.call("GET", `${jobPath("bad")}?${API}`)).status).toBe(404);
  });
});

test("the list's next link is followed to the end and never repeats", async () => {
  for (let index = 0; index < 25; index += 1)
    await world.call("PUT", `${jobPath(`page${String(index)}`, "pages")}?${API}`, {
      body: minimalJob(),
    });
  let path: string | undefined =
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/pages/providers/Microsoft.DataBox/jobs?${API}&$top=20`;
  const sizes: number[] = [];
  const names = new Set<string>();
  while (path !== undefined) {
    const { json } = await world.call("GET", path);
    sizes.push(json.value.length);
    for (const job of json.value) names.add(job.name);
    path = json.nextLink === undefined ? undefined : relative(json.nextLink);
  }
  expect(sizes).toEqual([20, 5]);
  expect(names.size).toBe(25);
});

test("a resource group whose name begins the same is another one", async () => {
  await world.call("PUT", `${jobPath("neighbour", `${GROUP}-2`)}?${API}`, { body: minimalJob() });
  const { json } = await world.call(
    "GET",
    `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP.toUpperCase()}/providers/Microsoft.DataBox/jobs?${API}&$top=100`,
  );
  const names = json.value.map((job: { name: string }) => job.name);
  expect(names).toContain("placed");
  expect(names).not.toContain("neighbour");
});
