import { verifyMessage, importVerifyKey } from "@databox-cmk/crypto";
import { afterEach, beforeEach, expect, test } from "vitest";

import { CUSTOMER_KEY, KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { jobPath, minimalJob, OLDER_API as API } from "../world/jobs.ts";
import { type BrokerWorld, type JsonAnswer, openBroker } from "../world/open-broker.ts";

const JOB = jobPath("order1");
const PASSWORD = "My-Passkey#23456789";

let world: BrokerWorld;
beforeEach(async () => {
  world = await openBroker();
});
afterEach(() => world[Symbol.asyncDispose]());

const place = (sku: "DataBox" | "DataBoxHeavy" = "DataBox", details: object = {}) =>
  world.call("PUT", `${JOB}?${API}`, {
    body: {
      ...minimalJob(sku),
      properties: {
        ...minimalJob(sku).properties,
        details: { ...minimalJob(sku).properties.details, ...details },
      },
    },
  });
const read = (): Promise<JsonAnswer> => world.call("GET", `${JOB}?${API}&$expand=details`);
const credentials = (): Promise<JsonAnswer> => world.call("POST", `${JOB}/listCredentials?${API}`);
const move = async (...actions: readonly string[]): Promise<JsonAnswer> => {
  let last: JsonAnswer | undefined;
  for (const action of actions) {
    // No test here has a device that could report its preparation.
    last = await world.operator(action, "order1", action === "dispatch" ? { force: true } : {});
    expect({ action, status: last.status, text: last.text.slice(0, 200) }).toMatchObject({
      status: 200,
    });
  }
  if (last === undefined) throw new Error("no action");
  return last;
};

test("an order goes its whole way; its flags and stages follow", async () => {
  await place();
  const prepared = await move("prepare");
  expect(prepared.json.nodes).toHaveLength(1);
  expect(prepared.json.nodes[0]).toMatchObject({
    serial: expect.stringMatching(/^DBX-[0-9A-F]{10}$/),
    enrolmentCode: expect.stringMatching(/^[\w-]{22,}$/),
  });
  expect((await read()).json.properties).toMatchObject({
    status: "DevicePrepared",
    isCancellable: false,
    isShippingAddressEditable: true,
  });
  await move("dispatch");
  expect((await read()).json.properties.isShippingAddressEditable).toBe(false);
  await move("deliver");
  const booked = await world.call("POST", `${JOB}/bookShipmentPickUp?${API}`, {
    body: {
      startTime: "2026-01-05T08:00:00",
      endTime: "2026-01-05T12:00:00",
      shipmentLocation: "Front desk",
    },
  });
  expect(booked.json).toEqual({
    confirmationNumber: expect.stringMatching(/^\d{10}$/),
    readyByTime: "2026-01-05T08:00:00",
  });
  const shipped = await world.call("POST", `${JOB}/markDevicesShipped?${API}`, {
    body: { deliverToDcPackageDetails: { carrierName: "UPS", trackingId: "1Z" } },
  });
  expect(shipped.status).toBe(204);
  await move("pickUp", "receive", "startCopy");
  expect((await read()).json.properties.details.returnPackage).toMatchObject({ trackingId: "1Z" });
  await move("complete");
  const ended = (await read()).json.properties;
  expect(ended).toMatchObject({ status: "Completed", isDeletable: true });
  expect(ended.details.contactDetails.contactName).toBe("");
  expect(
    ended.details.jobStages.map((stage: { stageStatus: string }) => stage.stageStatus),
  ).toEqual(Array.from({ length: 8 }, () => "Succeeded"));
});

test.each([
  ["dispatch before preparation", "dispatch"],
  ["copy before return", "startCopy"],
  ["erasure of a placed order", "erase"],
])("%s is refused", async (_name, action) => {
  await place();
  const refused = await world.operator(action, "order1");
  expect(refused).toMatchObject({ status: 409, json: { error: { code: "OrderStageForbids" } } });
});

test("a lost answer to prepare is asked for again: same nodes, new codes, the old ones dead", async () => {
  await place("DataBoxHeavy");
  const first = (await move("prepare")).json.nodes;
  const second = (await move("prepare")).json.nodes;
  expect(second.map((node: { serial: string }) => node.serial)).toEqual(
    first.map((node: { serial: string }) => node.serial),
  );
  expect(second[0].enrolmentCode).not.toBe(first[0].enrolmentCode);
  const stored = await world.store().selectFrom("nodes").select("enrolment_code_hash").execute();
  expect(JSON.stringify(stored)).not.toContain(second[0].enrolmentCode);
});

test.each([
  ["too few", ["NODE-1"], "2 node(s)"],
  ["twice the same", ["NODE-1", "NODE-1"], "one serial number"],
  ["not a serial number", ["NODE-1", "../../x"], "serials"],
])("serials: %s", async (_name, serials, text) => {
  await place("DataBoxHeavy");
  const refused = await world.operator("prepare", "order1", { serials });
  expect(refused.json.error.code).toBe("InvalidRequestContent");
  expect(refused.text).toContain(text);
});

test("an appliance that is not erased serves no second order", async () => {
  await place();
  await world.operator("prepare", "order1", { serials: ["NODE-1"] });
  await world.call("PUT", `${jobPath("order2")}?${API}`, { body: minimalJob() });
  const refused = await world.operator("prepare", "order2", { serials: ["NODE-1"] });
  expect(refused.text).toContain("NODE-1 belongs to an order that is not erased yet");
});

test("erasure destroys every wrapping and leaves a certificate that the broker signed; credentials are gone", async () => {
  await place("DataBoxHeavy");
  const { nodes } = (await move("prepare")).json;
  await move("dispatch", "deliver", "pickUp", "receive", "startCopy", "complete");
  expect((await credentials()).status).toBe(200);
  expect((await read()).json.properties.details).not.toHaveProperty("chainOfCustodySasKey");
  const erased = (await move("erase")).json;
  expect((await move("erase")).json.erasureReceipt).toBe(erased.erasureReceipt);
  const receipt = verifyMessage(
    erased.erasureReceipt,
    importVerifyKey(world.keys.signing.publicJwk),
    "databox-erasure+jws",
  );
  expect(receipt).toMatchObject({
    order: JOB.toLowerCase(),
    destroyed: nodes.map(({ serial }: { serial: string }) => ({ serial, generation: 1 })),
    nodes: nodes.map(({ serial }: { serial: string }) => ({ serial })),
  });
  expect(await world.store().selectFrom("envelopes").selectAll().execute()).toEqual([]);
  const refused = await credentials();
  expect(refused.json.error).toMatchObject({ code: "OrderStageForbids" });
  expect(refused.json.error.details[0].code).toBe("credentials");
  const { chainOfCustodySasKey, deviceErasureDetails } = (await read()).json.properties.details;
  // The broker's part is done, and no node has said that its medium is erased.
  expect(deviceErasureDetails).toMatchObject({ deviceErasureStatus: "InProgress" });
  const link = deviceErasureDetails.erasureOrDestructionCertificateSasKey;
  const followed = await world.call("GET", link.slice(link.indexOf("/subscriptions/")));
  expect(followed.json).toEqual({ certificate: erased.erasureReceipt, statement: receipt });
  const custody = chainOfCustodySasKey.slice(chainOfCustodySasKey.indexOf("/subscriptions/"));
  const { value } = (await world.call("GET", custody)).json;
  const rows = value.map(({ row }: { row: unknown }) => row);
  const last = { action: "order/erase", chain: JOB.toLowerCase() };
  expect(rows).toContainEqual(expect.objectContaining(last));
  const newer = await world.call("GET", `${JOB}?api-version=2025-07-01&$expand=details`);
  const document =
    newer.json.properties.details.deviceErasureDetails.secureErasureCertificateSasKey;
  const { status, headers, text } = await world.call(
    "GET",
    document.slice(document.indexOf("/subscriptions/")),
  );
  expect([status, headers["content-type"]]).toEqual([200, "application/pdf"]);
  expect(headers["content-disposition"]).toBe('attachment; filename="order1-erasure.pdf"');
  expect(text).toMatch(/^%PDF-/);
});

test("of two erasures at once one counts, and its certificate names every copy", async () => {
  await place("DataBoxHeavy");
  await move("prepare", "dispatch", "deliver", "pickUp", "receive", "startCopy", "complete");
  const certificate = () => world.call("GET", `${JOB}/erasureCertificate?${API}`);
  const refused = (await certificate()).json.error;
  expect([refused.code, refused.details[0].code]).toEqual(["OrderStageForbids", "certificate"]);
  expect((await world.call("GET", `${JOB}/erasureCertificate/pdf?${API}`)).status).toBe(409);
  const both = [world.operator("erase", "order1"), world.operator("erase", "order1")];
  const statuses = (await Promise.all(both)).map(({ status }) => status);
  expect(statuses).toContain(200);
  expect((await certificate()).json.statement.destroyed).toHaveLength(2);
});

test("the customer's own password is used and never shown but by listCredentials", async () => {
  await place("DataBox", { devicePassword: PASSWORD });
  await move("prepare");
  const seen = [
    (await read()).text,
    (await world.call("GET", `${JOB}/activity?${API}`)).text,
    JSON.stringify(await world.store().selectFrom("orders").selectAll().execute()),
    JSON.stringify(await world.store().selectFrom("audit").selectAll().execute()),
  ];
  expect(seen.join("\n")).not.toContain(PASSWORD);
  expect((await credentials()).json.value[0].jobSecrets.podSecrets[0].devicePassword).toBe(
    PASSWORD,
  );
  const [node] = await world.store().selectFrom("nodes").select("passkey_origin").execute();
  expect(node?.passkey_origin).toBe("customer");
});

test("an empty password counts as none; an export order takes none", async () => {
  expect((await place("DataBox", { devicePassword: "" })).status).toBe(202);
  const { dataImportDetails: _none, ...details } = minimalJob().properties.details;
  const exported = await world.call("PUT", `${jobPath("order2")}?${API}`, {
    body: {
      ...minimalJob(),
      properties: {
        transferType: "ExportFromAzure",
        details: { ...details, devicePassword: PASSWORD },
      },
    },
  });
  expect(exported.json.error.code).toBe("InvalidDevicePassword");
  expect(exported.text).not.toContain(PASSWORD);
});

test("canceling destroys the customer's own password", async () => {
  await place("DataBox", { devicePassword: PASSWORD });
  await world.call("POST", `${JOB}/cancel?${API}`, { body: { reason: "x" } });
  expect(await world.store().selectFrom("own_passkeys").selectAll().execute()).toEqual([]);
  expect((await credentials()).json.error.code).toBe("OrderStageForbids");
});

test("a halted copy given up is cleaned up: erased, completed with errors", async () => {
  await place();
  await world.call("PATCH", `${JOB}?${API}`, { body: { identity: { type: "SystemAssigned" } } });
  await world.call("PATCH", `${JOB}?${API}`, {
    body: {
      properties: {
        details: {
          keyEncryptionKey: CUSTOMER_KEY,
        },
      },
    },
  });
  await move("prepare", "dispatch", "deliver", "pickUp", "receive");
  world.vaults.purgeKey(VAULT_NAME, KEY_NAME);
  await move("startCopy");
  const mitigate = (body: unknown): Promise<JsonAnswer> =>
    world.call("POST", `${JOB}/mitigate?${API}`, { body });
  expect((await mitigate({ customerResolutionCode: "Restart" })).json.error.code).toBe(
    "InvalidMitigation",
  );
  expect(
    (await mitigate({ serialNumberCustomerResolutionMap: { other: "Resume" } })).json.error.code,
  ).toBe("InvalidMitigation");
  // Resuming without a remedy halts again.
  expect((await mitigate({ customerResolutionCode: "Resume" })).status).toBe(204);
  expect((await read()).json.properties.details.actions).toContain("MoveToCleanUpDevice");
  expect((await mitigate({ customerResolutionCode: "MoveToCleanUpDevice" })).status).toBe(204);
  expect((await world.operator("startCopy", "order1")).status).toBe(409);
  const erased = (await move("erase")).json;
  expect(erased.properties.status).toBe("CompletedWithErrors");
  expect(erased.properties.details.jobStages.at(-1)).toMatchObject({
    stageName: "CompletedWithErrors",
    stageStatus: "SucceededWithErrors",
  });
});

test("the appliance reads an import at the datacenter; its refused request halts the copy", async () => {
  const device = await world.delivered("order1");
  await move("pickUp", "receive", "startCopy");
  const copyStage = async () =>
    (await read()).json.properties.details.jobStages.find(
      ({ stageName }: { stageName: string }) => stageName === "DataCopy",
    ).stageStatus;
  expect(await device.unlock("unlock")).toMatchObject({
    answer: { kind: "denial", value: { code: "PurposeForbidden" } },
  });
  expect(await device.unlock("ingest")).toMatchObject({ answer: { kind: "answer" } });
  expect(await copyStage()).toBe("InProgress");
  world.vaults.setOutage(VAULT_NAME, { code: "KeyVaultUnreachable", reason: "timeout" });
  await device.unlock("ingest");
  expect(await copyStage()).toBe("InProgress");
  world.vaults.setOutage(VAULT_NAME, undefined);
  world.vaults.setEnabled(world.kid, false);
  const refused = { code: "SsemUserErrorEncryptionKeyDisabled" };
  await device.unlock("ingest");
  expect(await device.unlock("ingest")).toMatchObject({
    answer: { kind: "denial", value: refused },
  });
  expect(await copyStage()).toBe("WaitingForCustomerActionForKek");
  const { details, error } = (await read()).json.properties;
  expect(details.actions).toEqual(["Resume", "MoveToCleanUpDevice"]);
  expect(error.details).toEqual([expect.objectContaining({ ...refused, target: device.serial })]);
  const activity = await world.call("GET", `${JOB}/activity?${API}`);
  const halts = activity.json.value.filter(
    ({ row }: { row: { action: string } }) => row.action === "order/haltCopy",
  );
  expect(halts).toEqual([
    { ...halts[0], row: expect.objectContaining({ ...refused, serial: device.serial }) },
  ]);
  world.vaults.setEnabled(world.kid, true);
  const resume = { body: { customerResolutionCode: "Resume" } };
  expect((await world.call("POST", `${JOB}/mitigate?${API}`, resume)).status).toBe(204);
  expect(await device.unlock("ingest")).toMatchObject({ answer: { kind: "answer" } });
  expect(await copyStage()).toBe("InProgress");
});

test("the appliance of an export is filled before it goes", async () => {
  const device = await world.delivered("order1");
  const filling = { transfer_type: "ExportFromAzure", stage: "DataCopy" } as const;
  await world.store().updateTable("orders").set(filling).execute();
  expect(await device.unlock("ingest")).toMatchObject({
    answer: { kind: "denial", value: { code: "PurposeForbidden" } },
  });
  expect(await device.unlock("fill")).toMatchObject({ answer: { kind: "answer" } });
});

test("the key of a completed order can be changed until it is erased", async () => {
  await place();
  await world.call("PATCH", `${JOB}?${API}`, { body: { identity: { type: "SystemAssigned" } } });
  await move("prepare", "dispatch", "deliver", "pickUp", "receive", "startCopy", "complete");
  const body = { properties: { details: { keyEncryptionKey: CUSTOMER_KEY } } };
  expect((await world.call("PATCH", `${JOB}?${API}`, { body })).status).toBe(202);
  const [kept] = await world
    .store()
    .selectFrom("envelopes")
    .selectAll()
    .orderBy("generation", "desc")
    .execute();
  expect(kept?.kid).toBe(world.kid);
  expect((await credentials()).status).toBe(200);
  await move("erase");
  const refused = await world.call("PATCH", `${JOB}?${API}`, { body });
  expect(refused.json.error).toMatchObject({
    code: "OrderStageForbids",
    message: expect.stringContaining("can no longer be changed"),
  });
});

test("a vault that does not answer halts nothing", async () => {
  await place();
  await world.call("PATCH", `${JOB}?${API}`, {
    body: {
      identity: { type: "SystemAssigned" },
      properties: {
        details: {
          keyEncryptionKey: CUSTOMER_KEY,
        },
      },
    },
  });
  await move("prepare", "dispatch", "deliver", "pickUp", "receive");
  world.vaults.setOutage(VAULT_NAME, { code: "KeyVaultUnreachable", reason: "timeout" });
  const unreachable = await world.operator("startCopy", "order1");
  expect(unreachable.json.error.code).toBe("KeyVaultUnreachable");
  expect(unreachable.status).toBeGreaterThanOrEqual(500);
  expect((await read()).json.properties).toMatchObject({ status: "AtAzureDC" });
});

test("the checks of a key are shown without changing anything", async () => {
  await place();
  const candidate = CUSTOMER_KEY;
  const { json } = await world.call("POST", `${JOB}/validateKeyEncryptionKey?${API}`, {
    body: { keyEncryptionKey: candidate },
  });
  const { status, checks } = json;
  expect(status).toBe("Invalid");
  const failed = checks.findIndex((check: { status: string }) => check.status === "Failed");
  expect(checks[failed].error.code).toBe("SsemUserErrorSystemAssignedIdentityAbsent");
  const words = checks.map((check: { status: string }) => check.status);
  expect(new Set(words.slice(0, failed))).toEqual(new Set(["Passed"]));
  expect(new Set(words.slice(failed + 1))).toEqual(new Set(["NotReached"]));
  expect((await read()).json.properties.details.keyEncryptionKey).toEqual({
    kekType: "MicrosoftManaged",
  });
});

const check = async (body: object) =>
  (await world.call("POST", `${JOB}/validateKeyEncryptionKey?${API}`, { body })).json;

test("a key is checked with an identity that is not attached, which stays so", async () => {
  await place();
  const id =
    "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one";
  const keyEncryptionKey = {
    ...CUSTOMER_KEY,
    identityProperties: { type: "UserAssigned", userAssigned: { resourceId: id } },
  };
  const identity = { type: "UserAssigned", userAssignedIdentities: { [id]: {} } };
  expect((await check({ keyEncryptionKey, identity })).status).toBe("Valid");
  expect((await read()).json.identity).toEqual({ type: "None" });
  const without = await check({ keyEncryptionKey });
  const failed = without.checks.find(({ status }: { status: string }) => status === "Failed");
  expect(failed.error.code).toBe("SsemUserErrorUserAssignedIdentityAbsent");
});

test("activity is the order's audit chain, page by page", async () => {
  await place();
  await move("prepare");
  for (let call = 0; call < 110; call += 1) await credentials();
  const first = (await world.call("GET", `${JOB}/activity?${API}`)).json;
  expect(first.value).toHaveLength(100);
  expect(first.value[0]).toMatchObject({
    sequence: 1,
    row: { action: "order/create", outcome: "done" },
  });
  const second = (await world.call("GET", first.nextLink.slice(world.url().length))).json;
  expect(second.nextLink).toBeUndefined();
  expect(second.value[0].sequence).toBe(101);
  expect(second.value.at(-1).row).toMatchObject({ action: "order/listCredentials" });
});
