// @module-tag one-engine

import { randomUUID } from "node:crypto";

import { KeyVaultManagementClient } from "@azure/arm-keyvault";
import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { ClientSecretCredential } from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";

import { cloudOf } from "../../src/config/config.ts";
import { orderIdOf } from "../../src/core/order.ts";
import type { CallerResources } from "../../src/core/ports.ts";
import { expectOk } from "../world/expect-ok.ts";
import { type EmulatorWorld, startEmulatorWorld } from "./emulator-world.ts";

const TENANT = "77777777-7777-4777-8777-777777777777";
const THEIRS = "88888888-8888-4888-8888-888888888888";
const GROUP = `/subscriptions/${THEIRS}/resourceGroups/g`;
const NOT_FOUND = { ok: false, failure: { code: "SubscriptionNotFound" } };

let world: EmulatorWorld;
let credential: ClientSecretCredential;
let objectId: string;
let theirs: CallerResources;
beforeAll(async () => {
  world = await startEmulatorWorld();
  const { control, emulator, admin } = world;
  await control("PUT", `/tenants/${TENANT}`, { displayName: "Contoso" });
  await control("PUT", `/subscriptions/${THEIRS}`, { tenantId: TENANT });
  const [clientId, secret] = [randomUUID(), randomUUID()];
  const application = await control("PUT", `/applications/${clientId}`, {
    secret,
    tenantId: TENANT,
  });
  ({ objectId } = z.object({ objectId: z.string() }).parse(application));
  credential = new ClientSecretCredential(TENANT, clientId, secret, {
    ...admin.clientOptions(),
    authorityHost: emulator.authorityUrl,
    disableInstanceDiscovery: true,
  });
  const { token } = await credential.getToken(`${emulator.armUrl}/.default`);
  theirs = world.azure.resourcesOf(token, TENANT);
  const group = createPipelineRequest({
    url: `${emulator.armUrl}${GROUP}?api-version=2021-04-01`,
    method: "PUT",
    body: JSON.stringify({ location: emulator.location }),
    headers: createHttpHeaders({
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    }),
  });
  const made = await admin.clientOptions().httpClient.sendRequest(group);
  expect(made.status).toBe(201);
});
afterAll(() => world.close());

test("a caller's own token proves the tenant of their subscription, and reads their roles", async () => {
  expect(await theirs.roleAssignments(objectId, `/subscriptions/${THEIRS}`)).toMatchObject({
    ok: true,
  });
  expect(await theirs.roleAssignments(objectId, "/")).toEqual({ ok: true, value: [] });
});

// Evidence: A caller's token to Resource Manager.
test("a subscription of another tenant and one that does not exist prove nothing, with one answer", async () => {
  const { subscriptionId, tenantId } = world.emulator;
  const foreign = await theirs.roleAssignments(objectId, `/subscriptions/${subscriptionId}`);
  expect(foreign).toMatchObject(NOT_FOUND);
  expect(await theirs.roleAssignments(objectId, `/subscriptions/${randomUUID()}`)).toEqual(foreign);
  const { token } = await world.owner.credential.getToken(`${world.emulator.armUrl}/.default`);
  const ours = world.azure.resourcesOf(token, tenantId);
  expect(await ours.roleAssignments(objectId, `/subscriptions/${THEIRS}`)).toEqual(foreign);
  const mistaken = world.azure.resourcesOf(token, TENANT);
  expect(await mistaken.roleAssignments(objectId, `/subscriptions/${subscriptionId}`)).toEqual(
    foreign,
  );
});

test("an identity of theirs that trusts the broker for an order uses the key of a vault of theirs, and of no other tenant", async () => {
  const { emulator, admin, settings, azure } = world;
  const { location } = emulator;
  const options = { ...admin.clientOptions(), endpoint: emulator.armUrl };
  const { userAssignedIdentities, federatedIdentityCredentials } = new ManagedServiceIdentityClient(
    credential,
    THEIRS,
    options,
  );
  const made = await userAssignedIdentities.createOrUpdate("g", "reader", { location });
  const order = orderIdOf({ subscriptionId: THEIRS, resourceGroup: "g", name: "theirs" });
  await federatedIdentityCredentials.createOrUpdate("g", "reader", "order", {
    issuer: settings.BROKER_URL,
    subject: order,
    audiences: [cloudOf(settings).tokenExchangeAudience],
  });
  const id = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader`;
  const found = expectOk(await theirs.userAssignedIdentity(id));
  expect(found).toMatchObject({ tenantId: TENANT, clientId: made.clientId });
  expect(await theirs.userAssignedIdentity(`${id}-gone`)).toMatchObject({
    failure: { code: "SsemUserErrorKekUserIdentityNotFound", reason: "not-found" },
  });
  const { clientId, principalId } = found;
  const permit = (oid: string) => ({
    tenantId: TENANT,
    objectId: oid,
    permissions: { keys: ["all"] },
  });
  await new KeyVaultManagementClient(credential, THEIRS, options).vaults.createOrUpdate(
    "g",
    "kv-contoso",
    {
      location,
      properties: {
        tenantId: TENANT,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: false,
        accessPolicies: [permit(objectId), permit(principalId)],
      },
    },
  );
  const key = world.keyUrl("kv-contoso", "key1");
  await new KeyClient(key.vaultUrl, credential, admin.clientOptions()).createRsaKey("key1");
  const identity = {
    kind: "order",
    attachment: "user",
    order,
    tenantId: TENANT,
    clientId,
    principalId,
  } as const;
  expect(await azure.vaults.signIn(identity)).toMatchObject({ ok: true });
  expect(await azure.vaults.getKey(identity, key)).toMatchObject({ ok: true });
  await world.addVault("kv-ours", principalId);
  await world.addKey("kv-ours", "key1");
  expect(await azure.vaults.getKey(identity, world.keyUrl("kv-ours", "key1"))).toMatchObject({
    ok: false,
    failure: { code: "SsemUserErrorKeyVaultDetailsNotFound", reason: "tenant-moved" },
  });
});
