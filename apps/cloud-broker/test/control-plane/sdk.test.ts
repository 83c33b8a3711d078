import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { CUSTOMER_KEY, KEY_URL, VAULT } from "../world/customer-vault.ts";
import { createDataBoxClient } from "../world/data-box-client.ts";
import { GROUP, sdkJob, STORAGE_ACCOUNT, SUBSCRIPTION, userIdentity } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const FAST = { updateIntervalInMs: 0 };

describe("the unmodified @azure/arm-databox", () => {
  let world: BrokerWorld;
  beforeEach(async () => {
    world = await openBroker();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const order = async (name = "order1", sku: "DataBox" | "DataBoxHeavy" = "DataBox") =>
    createDataBoxClient(world).jobs.beginCreateAndWait(GROUP, name, sdkJob(sku), FAST);

  test("creates an order and gets it back with the defaults of Data Box", async () => {
    const job = await order();
    expect(job).toMatchObject({
      name: "order1",
      type: "Microsoft.DataBox/jobs",
      location: "westus",
      status: "DeviceOrdered",
      isCancellable: true,
      isDeletable: false,
      isShippingAddressEditable: true,
      identity: { type: "None" },
      sku: { name: "DataBox" },
    });
    const { details } = await createDataBoxClient(world).jobs.get(GROUP, "order1", {
      expand: "details",
    });
    expect(details).toMatchObject({
      jobDetailsType: "DataBox",
      keyEncryptionKey: { kekType: "MicrosoftManaged" },
      preferences: { encryptionPreferences: { doubleEncryption: "Disabled" } },
    });
    expect(details?.jobStages?.map((stage) => `${stage.stageName} ${stage.stageStatus}`)).toEqual([
      "DeviceOrdered Succeeded",
      "DevicePrepared None",
      "Dispatched None",
      "Delivered None",
      "PickedUp None",
      "AtAzureDC None",
      "DataCopy None",
      "Completed None",
    ]);
    expect(details?.contactDetails.notificationPreference).toHaveLength(6);
  });

  test("a second create of the same order is refused as ResourceAlreadyExists", async () => {
    await order();
    await expect(order()).rejects.toMatchObject({
      statusCode: 409,
      code: "ResourceAlreadyExists",
    });
  });

  test("an unknown order is ResourceNotFound, a deleted one SsemUserErrorEntityNotFound", async () => {
    await expect(createDataBoxClient(world).jobs.get(GROUP, "nothing")).rejects.toMatchObject({
      statusCode: 404,
      code: "ResourceNotFound",
    });
    await order();
    await createDataBoxClient(world).jobs.cancel(GROUP, "order1", { reason: "no longer needed" });
    await createDataBoxClient(world).jobs.beginDeleteAndWait(GROUP, "order1", FAST);
    await expect(createDataBoxClient(world).jobs.get(GROUP, "order1")).rejects.toMatchObject({
      statusCode: 404,
      code: "SsemUserErrorEntityNotFound",
    });
  });

  test("lists orders of a group and of the subscription, page by page", async () => {
    for (let index = 0; index < 60; index += 1) await order(`order${String(index)}`);
    const names: string[] = [];
    for await (const page of createDataBoxClient(world).jobs.listByResourceGroup(GROUP).byPage()) {
      expect(page.length).toBeLessThanOrEqual(20);
      names.push(...page.map((job) => job.name ?? ""));
    }
    expect(new Set(names).size).toBe(60);
    let all = 0;
    for await (const job of createDataBoxClient(world).jobs.list()) {
      expect(job.details).toHaveProperty("contactDetails");
      all += 1;
    }
    expect(all).toBe(60);
  });

  test("enables the system-assigned identity, then the customer's key, as Data Box is recorded to", async () => {
    await order();
    const identified = await createDataBoxClient(world).jobs.beginUpdateAndWait(
      GROUP,
      "order1",
      { identity: { type: "SystemAssigned" } },
      FAST,
    );
    expect(identified.identity).toMatchObject({
      type: "SystemAssigned",
      principalId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      tenantId: expect.any(String),
    });
    await createDataBoxClient(world).jobs.beginUpdateAndWait(
      GROUP,
      "order1",
      {
        details: {
          keyEncryptionKey: CUSTOMER_KEY,
        },
      },
      FAST,
    );
    const { details } = await createDataBoxClient(world).jobs.get(GROUP, "order1", {
      expand: "details",
    });
    expect(details?.keyEncryptionKey).toEqual({
      kekType: "CustomerManaged",
      identityProperties: { type: "SystemAssigned" },
      kekUrl: KEY_URL,
      kekVaultResourceID: VAULT,
    });
  });

  test("creates an order with a user-assigned identity and the customer's key", async () => {
    const id = userIdentity("identity1");
    const job = await createDataBoxClient(world).jobs.beginCreateAndWait(
      GROUP,
      "order1",
      {
        location: "westus",
        sku: { name: "DataBox" },
        transferType: "ImportToAzure",
        identity: { type: "UserAssigned", userAssignedIdentities: { [id]: {} } },
        details: {
          jobDetailsType: "DataBox",
          contactDetails: { contactName: "A", phone: "1", emailList: ["a@b.c"] },
          dataImportDetails: [
            {
              accountDetails: {
                dataAccountType: "StorageAccount",
                storageAccountId: STORAGE_ACCOUNT,
              },
            },
          ],
          keyEncryptionKey: {
            kekType: "CustomerManaged",
            kekUrl: KEY_URL,
            kekVaultResourceID: VAULT,
            identityProperties: { type: "UserAssigned", userAssigned: { resourceId: id } },
          },
        },
      },
      FAST,
    );
    expect(job.identity?.userAssignedIdentities?.[id]).toMatchObject({
      principalId: expect.any(String),
      clientId: expect.any(String),
    });
    expect(job.details?.keyEncryptionKey?.identityProperties).toEqual({
      type: "UserAssigned",
      userAssigned: { resourceId: id },
    });
  });

  test("credentials come after preparation, for one node or two with the same password", async () => {
    await order("order1", "DataBoxHeavy");
    await expect(
      createDataBoxClient(world).jobs.listCredentials(GROUP, "order1").next(),
    ).rejects.toMatchObject({ statusCode: 400, code: "SsemUserErrorSecretsNotGenerated" });
    const prepared = await world.operator("prepare", "order1");
    expect(prepared.status).toBe(200);
    const { value } = await createDataBoxClient(world).jobs.listCredentials(GROUP, "order1").next();
    const secrets = value?.jobSecrets as {
      jobSecretsType: string;
      cabinetPodSecrets: { devicePassword: string; deviceSerialNumber: string }[];
    };
    expect(secrets.jobSecretsType).toBe("DataBoxHeavy");
    expect(secrets.cabinetPodSecrets.map((secret) => secret.deviceSerialNumber)).toEqual(
      prepared.json.nodes.map((node: { serial: string }) => node.serial),
    );
    expect(new Set(secrets.cabinetPodSecrets.map((secret) => secret.devicePassword)).size).toBe(1);
  });

  test("with an unusable key, credentials are refused with its code and hold no secret", async () => {
    await order();
    await world.operator("prepare", "order1");
    await createDataBoxClient(world).jobs.beginUpdateAndWait(
      GROUP,
      "order1",
      { identity: { type: "SystemAssigned" } },
      FAST,
    );
    const keyEncryptionKey = CUSTOMER_KEY;
    await createDataBoxClient(world).jobs.beginUpdateAndWait(
      GROUP,
      "order1",
      { details: { keyEncryptionKey } },
      FAST,
    );
    const { value } = await createDataBoxClient(world).jobs.listCredentials(GROUP, "order1").next();
    const secrets = value?.jobSecrets as { podSecrets: { devicePassword: string }[] } | undefined;
    const password = secrets?.podSecrets[0]?.devicePassword;
    expect(password).toMatch(/^.{12,64}$/);
    world.vaults.setEnabled(world.kid, false);
    const refused = await createDataBoxClient(world)
      .jobs.listCredentials(GROUP, "order1")
      .next()
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "SsemUserErrorEncryptionKeyDisabled" });
    expect(JSON.stringify(refused)).not.toContain(password);
    const rows = await world.audit();
    const calls = rows.filter(({ action }) => action === "order/listCredentials");
    expect(JSON.stringify(rows)).not.toContain(password);
    expect(calls).toMatchObject([
      { outcome: "granted" },
      { outcome: "refused", code: "SsemUserErrorEncryptionKeyDisabled" },
    ]);
  });

  test("a key that fails its checks leaves the order as it was", async () => {
    await order();
    world.identities.granting = false;
    const before = await world.call(
      "GET",
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.DataBox/jobs/order1?api-version=2022-12-01&$expand=details`,
    );
    await expect(
      createDataBoxClient(world).jobs.beginUpdateAndWait(
        GROUP,
        "order1",
        {
          tags: { changed: "yes" },
          identity: { type: "SystemAssigned" },
          details: {
            keyEncryptionKey: CUSTOMER_KEY,
          },
        },
        FAST,
      ),
    ).rejects.toMatchObject({ code: "SsemUserErrorKeyVaultBadRequestException" });
    const after = await world.call(
      "GET",
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.DataBox/jobs/order1?api-version=2022-12-01&$expand=details`,
    );
    expect(after.text).toBe(before.text);
    expect(world.identities.system.size).toBe(0);
  });

  test("a halted copy is shown with its actions and continues after mitigate", async () => {
    await order();
    await world.operator("prepare", "order1");
    await createDataBoxClient(world).jobs.beginUpdateAndWait(
      GROUP,
      "order1",
      { identity: { type: "SystemAssigned" } },
      FAST,
    );
    await createDataBoxClient(world).jobs.beginUpdateAndWait(
      GROUP,
      "order1",
      {
        details: {
          keyEncryptionKey: CUSTOMER_KEY,
        },
      },
      FAST,
    );
    for (const move of ["dispatch", "deliver", "pickUp", "receive"])
      expect((await world.operator(move, "order1", { force: true })).status).toBe(200);
    world.vaults.setEnabled(world.kid, false);
    expect((await world.operator("startCopy", "order1")).status).toBe(200);

    const halted = await createDataBoxClient(world).jobs.get(GROUP, "order1", {
      expand: "details",
    });
    expect(halted.status).toBe("DataCopy");
    expect(halted.error).toMatchObject({
      code: "SsemUserCopyErrorWaitingForAction",
      target: "CopyIntervention",
      details: [{ code: "SsemUserErrorEncryptionKeyDisabled", target: expect.any(String) }],
    });
    expect(halted.details?.actions).toEqual(["Resume", "MoveToCleanUpDevice"]);
    expect(
      halted.details?.jobStages?.find((stage) => stage.stageName === "DataCopy")?.stageStatus,
    ).toBe("WaitingForCustomerActionForKek");

    world.vaults.setEnabled(world.kid, true);
    await createDataBoxClient(world).mitigate("order1", GROUP, {
      customerResolutionCode: "Resume",
    });
    const resumed = await createDataBoxClient(world).jobs.get(GROUP, "order1", {
      expand: "details",
    });
    // The copy's error is gone; no device ever enrolled for this node.
    expect(resumed.error).toMatchObject({ code: "DeviceNotAuthenticated" });
    expect(resumed.details?.actions).toBeUndefined();
    expect(resumed.details?.lastMitigationActionOnJob).toMatchObject({
      customerResolution: "Resume",
      isPerformedByCustomer: true,
    });
    await expect(
      createDataBoxClient(world).mitigate("order1", GROUP, { customerResolutionCode: "Resume" }),
    ).rejects.toMatchObject({ code: "OrderStageForbids" });
  });

  test("cancel scrubs personal data and allows deletion; a second cancel is harmless", async () => {
    await order();
    await createDataBoxClient(world).jobs.cancel(GROUP, "order1", { reason: "changed plans" });
    await createDataBoxClient(world).jobs.cancel(GROUP, "order1", { reason: "again" });
    const job = await createDataBoxClient(world).jobs.get(GROUP, "order1", { expand: "details" });
    expect(job).toMatchObject({
      status: "Cancelled",
      cancellationReason: "changed plans",
      isCancellable: false,
      isDeletable: true,
      isShippingAddressEditable: false,
    });
    expect(job.details?.contactDetails.contactName).toBe("");
    expect(JSON.stringify(job)).not.toMatch(/Lovelace|Townsend|ada@/);
    expect(job.details?.jobStages?.map((stage) => stage.stageName)).toEqual([
      "DeviceOrdered",
      "Cancelled",
    ]);
  });

  test("service questions are answered from data", async () => {
    const { service, operations } = createDataBoxClient(world);
    const skus: string[] = [];
    for await (const sku of service.listAvailableSkusByResourceGroup(GROUP, "westus", {
      transferType: "ImportToAzure",
      country: "US",
      location: "westus",
    }))
      if (sku.enabled === true) skus.push(sku.sku?.name ?? "");
    expect(skus).toEqual(["DataBox", "DataBoxHeavy"]);
    const names: string[] = [];
    for await (const operation of operations.list()) names.push(operation.name ?? "");
    expect(names).toContain("Microsoft.DataBox/jobs/listCredentials/action");
    const inputs = await service.validateInputs("westus", {
      validationCategory: "JobCreationValidation",
      individualRequestDetails: [
        { validationType: "ValidateSubscriptionIsAllowedToCreateJob" },
        {
          validationType: "ValidateSkuAvailability",
          deviceType: "DataBox",
          transferType: "ImportToAzure",
          country: "FR",
          location: "westus",
        },
      ],
    });
    expect(inputs.status).toBe("InputsRevisitRequired");
    expect(
      inputs.individualResponseDetails?.map((item) => (item as { status?: string }).status),
    ).toEqual(["Valid", "Invalid"]);
    const configuration = await service.regionConfiguration("westus", {
      scheduleAvailabilityRequest: { skuName: "DataBox", storageLocation: "westus" },
      transportAvailabilityRequest: { skuName: "DataBox" },
      datacenterAddressRequest: { skuName: "DataBox", storageLocation: "westus" },
    });
    expect(configuration.scheduleAvailabilityResponse?.availableDates?.length).toBeGreaterThan(10);
  });
});
