// @module-tag one-engine

import { afterAll, beforeAll, expect, test } from "vitest";

import { CUSTOMER_KEY } from "../world/customer-vault.ts";
import { createDataBoxClient } from "../world/data-box-client.ts";
import {
  GROUP,
  jobPath,
  minimalJob,
  OLDER_API as API,
  sdkJob,
  userIdentity,
} from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
});
afterAll(() => world[Symbol.asyncDispose]());

const place = (name: string, body: unknown = minimalJob()) =>
  world.call("PUT", `${jobPath(name)}?${API}`, { body });
const patch = (name: string, body: unknown) =>
  world.call("PATCH", `${jobPath(name)}?${API}`, { body });
const read = async (name: string) =>
  (await world.call("GET", `${jobPath(name)}?${API}&$expand=details`)).json;

test("a client finds its user-assigned identity under the id that it wrote", async () => {
  const id = userIdentity("mixedCase");
  const other = id.replace("/resourceGroups/", "/RESOURCEGROUPS/");
  const job = await createDataBoxClient(world).jobs.beginCreateAndWait(GROUP, "identity-case", {
    ...sdkJob(),
    identity: { type: "UserAssigned", userAssignedIdentities: { [id]: {} } },
  });
  expect(job.identity?.userAssignedIdentities?.[id]?.principalId).toBeDefined();

  const keyEncryptionKey = {
    ...CUSTOMER_KEY,
    identityProperties: { type: "UserAssigned", userAssigned: { resourceId: other } },
  };
  const changed = await patch("identity-case", { properties: { details: { keyEncryptionKey } } });
  expect(changed.status).toBe(202);
  const { identity, properties } = await read("identity-case");
  expect(Object.keys(identity.userAssignedIdentities)).toEqual([id]);
  expect(properties.details.keyEncryptionKey.identityProperties.userAssigned.resourceId).toBe(
    other,
  );
  // Prepared with the key that is found by both spellings.
  expect((await world.operator("prepare", "identity-case")).status).toBe(200);
  expect(
    (await world.call("POST", `${jobPath("identity-case")}/listCredentials?${API}`)).status,
  ).toBe(200);
  const again = { type: "UserAssigned", userAssignedIdentities: { [other]: {} } };
  expect((await patch("identity-case", { identity: again })).status).toBe(202);
  expect(Object.keys((await read("identity-case")).identity.userAssignedIdentities)).toEqual([id]);
});

test("an unscheduled order that is written again stays unscheduled", async () => {
  await place("unscheduled");
  const { properties, ...job } = await read("unscheduled");
  expect((await place("unscheduled-2", { ...job, properties })).status).toBe(202);
  expect((await read("unscheduled-2")).properties).toMatchObject({
    deliveryType: "NonScheduled",
    deliveryInfo: { scheduledDateTime: "0001-01-01T00:00:00+00:00" },
  });
});

test.each([
  ["Scheduled", "0001-01-01T05:30:00+05:30", 400],
  ["NonScheduled", "2027-03-01T09:00:00Z", 400],
  ["NonScheduled", "0001-01-01T05:30:00+05:30", 202],
  ["Scheduled", "2027-03-01T09:00:00Z", 202],
  [undefined, "2027-03-01T09:00:00Z", 202],
])("deliveryType %s with %s answers %i", async (deliveryType, scheduledDateTime, status) => {
  const { properties, ...job } = minimalJob();
  const written = { ...properties, deliveryType, deliveryInfo: { scheduledDateTime } };
  const name = `delivery-${String(deliveryType).slice(0, 5)}-${scheduledDateTime.slice(0, 4)}`;
  const answer = await place(name, { ...job, properties: written });
  expect([answer.status, answer.json?.error.target]).toEqual([
    status,
    status === 202 ? undefined : "properties.deliveryInfo.scheduledDateTime",
  ]);
});

test("contact and address may come along unchanged at any stage; a change may not", async () => {
  await place("resent");
  await world.operator("prepare", "resent");
  expect((await world.operator("dispatch", "resent", { force: true })).status).toBe(200);
  const { contactDetails, shippingAddress } = (await read("resent")).properties.details;
  const resent = { properties: { details: { contactDetails, shippingAddress } } };
  expect((await patch("resent", resent)).status).toBe(202);
  const moved = { ...shippingAddress, city: "Oakland" };
  expect(
    (await patch("resent", { properties: { details: { shippingAddress: moved } } })).json.error,
  ).toMatchObject({ code: "OrderStageForbids" });
  await world.operator("fail", "resent", { outcome: "Aborted" });
  expect(
    (await patch("resent", { properties: { details: { contactDetails: { phone: "1" } } } })).json
      .error,
  ).toMatchObject({ code: "OrderStageForbids" });
});

test("query parameters are matched in any letter case", async () => {
  await place("letters");
  const { status, json } = await world.call(
    "GET",
    `${jobPath("letters")}?Api-Version=2022-12-01&$Expand=Details`,
  );
  expect(status).toBe(200);
  expect(json.properties.details.jobStages).toHaveLength(8);
  const list = jobPath("").slice(0, -1);
  const refused = await world.call("GET", `${list}?${API}&$skiptoken=!`);
  expect(refused.json.error).toMatchObject({ code: "InvalidRequestContent", target: "$skipToken" });
});

test("a member at the top that is none is named as one of the body", async () => {
  const { json } = await place("unknown-member", { ...minimalJob(), surprise: 1 });
  expect(json.error).toMatchObject({ code: "InvalidRequestContent", target: "body" });
  expect(json.error.message).toContain("body: unknown member surprise");
});

test("an order that no provider has is answered as by Resource Manager's gateway", async () => {
  const { status, headers } = await world.call("GET", `${jobPath("nothing")}?${API}`);
  expect(status).toBe(404);
  expect(headers["x-ms-failure-cause"]).toBe("gateway");
});

test("an action without its body gets the name of the missing member", async () => {
  await place("no-body");
  const { status, json } = await world.call("POST", `${jobPath("no-body")}/cancel?${API}`);
  expect(status).toBe(400);
  expect(json.error).toMatchObject({ code: "InvalidRequestContent", target: "body" });
});

test("many writers of one key all succeed, one after another", async () => {
  await place("crowd");
  await patch("crowd", { identity: { type: "SystemAssigned" } });
  await world.operator("prepare", "crowd");
  const change = { properties: { details: { keyEncryptionKey: CUSTOMER_KEY } } };
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      patch("crowd", index % 2 === 0 ? change : { tags: { index: String(index) } }),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect((await world.call("POST", `${jobPath("crowd")}/listCredentials?${API}`)).status).toBe(200);
});

test("the address of an export order may change while it is filled, until it is dispatched", async () => {
  const { properties, ...job } = minimalJob();
  const { dataImportDetails, ...details } = properties.details;
  const dataExportDetails = dataImportDetails.map((item) => ({
    ...item,
    transferConfiguration: { transferConfigurationType: "TransferAll" },
  }));
  await place("export", {
    ...job,
    properties: {
      transferType: "ExportFromAzure",
      details: { ...details, dataExportDetails },
    },
  });
  const move = { properties: { details: { shippingAddress: { city: "Oakland" } } } };
  await world.operator("prepare", "export");
  await world.operator("startCopy", "export");
  expect((await read("export")).properties).toMatchObject({
    status: "DataCopy",
    isShippingAddressEditable: true,
  });
  expect((await patch("export", move)).status).toBe(202);
  expect((await world.operator("dispatch", "export", { force: true })).status).toBe(200);
  expect((await read("export")).properties.isShippingAddressEditable).toBe(false);
  expect(
    (await patch("export", { properties: { details: { shippingAddress: { city: "Fresno" } } } }))
      .json.error,
  ).toMatchObject({ code: "OrderStageForbids" });
});
