// @module-tag one-engine

import { randomUUID } from "node:crypto";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { cloudOf } from "../../src/config/config.ts";
import { orderIdOf } from "../../src/core/order.ts";
import { expectOk } from "../world/expect-ok.ts";
import { createOrderIdentity, type EmulatorWorld, startEmulatorWorld } from "./emulator-world.ts";

let world: EmulatorWorld;
beforeAll(async () => {
  world = await startEmulatorWorld();
});
afterEach(() => world.clearFaults());
afterAll(() => world.close());

const orderNamed = (name: string) => orderIdOf({ subscriptionId: "s", resourceGroup: "g", name });
const OUTAGE = { kind: "status", status: 503 };
const unreachable = { ok: false, failure: { code: "ResourceManagerUnreachable" } };

describe("the identity of an order", () => {
  it("is made once, however often that is repeated, and can get a token", async () => {
    const { location } = world.emulator;
    const order = orderNamed("once");
    const first = expectOk(await world.azure.identities.createSystemAssigned(order, location, 1));
    expect(await world.azure.identities.createSystemAssigned(order, location, 1)).toEqual({
      ok: true,
      value: first,
    });
    expect(first.resourceId).toBe(first.resourceId.toLowerCase());
    // A person finds the order of an identity by it (docs/operate/runbook.md).
    const name = first.resourceId.split("/").at(-1) ?? "";
    const { userAssignedIdentities } = world.managed;
    expect(await userAssignedIdentities.get(world.emulator.resourceGroup, name)).toMatchObject({
      tags: { order },
    });
    const identity = await createOrderIdentity(world, order);
    expect(await world.azure.vaults.signIn(identity)).toEqual({ ok: true, value: undefined });
  });

  it("is another principal in another epoch", async () => {
    const { location } = world.emulator;
    const order = orderNamed("epochs");
    const first = expectOk(await world.azure.identities.createSystemAssigned(order, location, 1));
    const second = expectOk(await world.azure.identities.createSystemAssigned(order, location, 2));
    expect(second.principalId).not.toBe(first.principalId);
    expect(second.resourceId).not.toBe(first.resourceId);
  });

  it("is useless for another order", async () => {
    const identity = await createOrderIdentity(world, orderNamed("mine"));
    expect(
      await world.azure.vaults.signIn({ ...identity, order: orderNamed("theirs") }),
    ).toMatchObject({
      ok: false,
      failure: { code: "SsemUserErrorSystemAssignedIdentityAbsent" },
    });
  });

  it("is deleted once, and deleting it again is allowed", async () => {
    const order = orderNamed("deleted");
    const identity = await createOrderIdentity(world, order);
    for (let times = 0; times < 2; times += 1)
      expect(await world.azure.identities.deleteSystemAssigned(order, 1)).toEqual({
        ok: true,
        value: undefined,
      });
    expect(await world.azure.vaults.signIn(identity)).toMatchObject({
      failure: { reason: "identity-deleted" },
    });
  });

  it("cannot be made while Resource Manager is away", async () => {
    await world.addFault({ service: "resource-manager" }, OUTAGE);
    const made = await world.azure.identities.createSystemAssigned(orderNamed("away"), "westus", 1);
    expect(made).toMatchObject(unreachable);
  });
});

async function createCustomerIdentity(): Promise<string> {
  const { resourceGroup, location } = world.emulator;
  const made = await world.managed.userAssignedIdentities.createOrUpdate(
    resourceGroup,
    `uai-${randomUUID()}`,
    { location },
  );
  return made.id ?? "";
}

async function createCredential(identityId: string, name: string, subject: string): Promise<void> {
  await world.managed.federatedIdentityCredentials.createOrUpdate(
    world.emulator.resourceGroup,
    identityId.split("/").at(-1) ?? "",
    name,
    {
      issuer: world.settings.BROKER_URL,
      subject,
      audiences: [cloudOf(world.settings).tokenExchangeAudience],
    },
  );
}

describe("an identity of the customer's", () => {
  it("is made to trust the broker for the order that it is attached to, and for no other", async () => {
    const order = orderNamed("attached");
    const attached = expectOk(
      await world.azure.identities.attachUserAssigned(order, await createCustomerIdentity()),
    );
    const { tenantId, clientId, principalId } = attached;
    const identity = {
      kind: "order",
      attachment: "user",
      order,
      tenantId,
      clientId,
      principalId,
    } as const;
    expect(await world.azure.vaults.signIn(identity)).toEqual({ ok: true, value: undefined });
    expect(
      await world.azure.vaults.signIn({ ...identity, order: orderNamed("other") }),
    ).toMatchObject({
      failure: { code: "SsemUserErrorUserAssignedIdentityAbsent", reason: "federation-missing" },
    });
  });

  it.each([
    [
      "does not exist",
      () => `${world.groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nobody`,
    ],
    [
      "is not a managed identity",
      () => `${world.groupId}/providers/Microsoft.Storage/storageAccounts/nobody`,
    ],
  ])("that %s is named", async (_case, idOf) => {
    expect(
      await world.azure.identities.attachUserAssigned(orderNamed("nobody"), idOf()),
    ).toMatchObject({
      ok: false,
      failure: { code: "SsemUserErrorKekUserIdentityNotFound" },
    });
  });

  it("that may not be read asks for the right to read it, and for the trust", async () => {
    const id = await createCustomerIdentity();
    await world.addFault(
      { service: "resource-manager" },
      { kind: "status", status: 403, code: "AuthorizationFailed" },
    );
    expect(await world.azure.identities.attachUserAssigned(orderNamed("hidden"), id)).toMatchObject(
      {
        failure: {
          code: "SsemUserErrorUserAssignedIdentityAbsent",
          reason: "identity-hidden",
          facts: {
            federationIssuer: world.settings.BROKER_URL,
            federationSubject: orderNamed("hidden"),
            federationAudience: cloudOf(world.settings).tokenExchangeAudience,
          },
        },
      },
    );
  });

  it("that trusts the broker by a credential of another name is attached", async () => {
    const order = orderNamed("printed");
    const id = await createCustomerIdentity();
    await createCredential(id, "databox-cmk", order);
    expect(await world.azure.identities.attachUserAssigned(order, id)).toMatchObject({ ok: true });
  });

  it("that has as many credentials as Azure allows says so, and to whom", async () => {
    const id = await createCustomerIdentity();
    for (let number = 0; number < 20; number += 1)
      await createCredential(id, `other-${String(number)}`, orderNamed(`other-${String(number)}`));
    expect(await world.azure.identities.attachUserAssigned(orderNamed("last"), id)).toMatchObject({
      failure: {
        code: "SsemUserErrorUserAssignedIdentityAbsent",
        reason: "federation-limit",
      },
    });
  });

  it.each([
    [409, "ScopeLocked"],
    [403, "RequestDisallowedByPolicy"],
  ])("that Azure protects by %i %s is not an outage", async (status, code) => {
    const id = await createCustomerIdentity();
    await world.addFault(
      { service: "resource-manager", operation: "PUT" },
      { kind: "status", status, code },
    );
    expect(await world.azure.identities.attachUserAssigned(orderNamed("held"), id)).toMatchObject({
      failure: { reason: "identity-protected" },
    });
    const made = await world.azure.identities.createSystemAssigned(orderNamed("held"), "westus", 1);
    expect(made).toMatchObject({
      failure: {
        reason: code === "ScopeLocked" ? "lock" : "policy",
        facts: { identityResourceGroup: world.emulator.resourceGroup },
      },
    });
  });

  it("that is deleted after it was attached is named as such", async () => {
    const order = orderNamed("gone");
    const id = await createCustomerIdentity();
    const { tenantId, clientId, principalId } = expectOk(
      await world.azure.identities.attachUserAssigned(order, id),
    );
    await world.managed.userAssignedIdentities.delete(
      world.emulator.resourceGroup,
      id.split("/").at(-1) ?? "",
    );
    expect(
      await world.azure.vaults.signIn({
        kind: "order",
        attachment: "user",
        order,
        tenantId,
        clientId,
        principalId,
      }),
    ).toMatchObject({ failure: { code: "SsemUserErrorKekUserIdentityNotFound" } });
  });
});

describe("resources of Resource Manager", () => {
  it("of a vault: tenant, region and protection", async () => {
    const id = await world.addVault("kv-shown", world.brokerPrincipalId);
    const { tenantId, location } = world.emulator;
    expect(await world.azure.resources.vault(id)).toEqual({
      ok: true,
      value: {
        tenantId,
        location,
        vaultUrl: world.keyUrl("kv-shown", "kek").vaultUrl,
        rbac: false,
        softDelete: true,
        purgeProtection: true,
      },
    });
  });

  it("of a vault that is not there, or deleted, or not ours to see", async () => {
    const id = await world.addVault("kv-vanishing", world.brokerPrincipalId);
    const { subscriptionId, location } = world.emulator;
    const deleted = () =>
      world.azure.resources.deletedVault(subscriptionId, location, "kv-vanishing");
    expect(await deleted()).toEqual({ ok: true, value: undefined });
    await world.deleteVault("kv-vanishing");
    expect(await world.azure.resources.vault(id)).toEqual({ ok: true, value: "absent" });
    expect(expectOk(await deleted())?.scheduledPurgeDate).toMatch(/^20\d\d-/);
    expect(await world.azure.resources.vault("/subscriptions/s/no-vault")).toEqual({
      ok: true,
      value: "absent",
    });
    await world.addFault(
      { service: "resource-manager" },
      { kind: "status", status: 403, code: "AuthorizationFailed" },
    );
    expect(await world.azure.resources.vault(id)).toEqual({ ok: true, value: "hidden" });
  });

  it("of a storage account: its region, or nothing", async () => {
    const { storageAccountId, location } = world.emulator;
    expect(await world.azure.resources.storageAccountLocation(storageAccountId)).toEqual({
      ok: true,
      value: location,
    });
    const other = `${storageAccountId}other`;
    expect(await world.azure.resources.storageAccountLocation(other)).toEqual({
      ok: true,
      value: undefined,
    });
  });

  it.each([
    ["an outage", OUTAGE],
    ["garbage", { kind: "garbage-body" }],
    ["a broken connection", { kind: "connection-reset" }],
    ["a refusal in a foreign form", { kind: "status", status: 403, code: "no code" }],
  ])("through %s does not count as an answer", async (_case, effect) => {
    const id = await world.addVault("kv-shown", world.brokerPrincipalId);
    await world.addFault({ service: "resource-manager" }, effect);
    expect(await world.azure.resources.vault(id)).toMatchObject(unreachable);
    expect(
      await world.azure.resources.storageAccountLocation(world.emulator.storageAccountId),
    ).toMatchObject(unreachable);
  });

  it.each([
    [403, "AuthorizationFailed"],
    [404, "SubscriptionNotFound"],
    [401, "InvalidAuthenticationTokenTenant"],
  ])("of roles that the broker may not read, by %i %s, is not 'no role'", async (status, code) => {
    const scope = `/subscriptions/${world.emulator.subscriptionId}`;
    await world.addFault({ service: "resource-manager" }, { kind: "status", status, code });
    for (const at of [scope, `${scope}/resourceGroups/${world.emulator.resourceGroup}`])
      expect(await world.azure.roles.roleAssignments(world.owner.objectId, at)).toMatchObject({
        failure: {
          code: "ResourceManagerUnreachable",
          reason: "roles-hidden",
          facts: { subscriptionId: world.emulator.subscriptionId },
        },
      });
  });

  it("of roles in a group that is gone: those of its subscription", async () => {
    const scope = `/subscriptions/${world.emulator.subscriptionId}`;
    const inherited = await world.azure.roles.roleAssignments(world.owner.objectId, scope);
    await world.addFault(
      { service: "resource-manager" },
      { kind: "status", status: 404, code: "ResourceGroupNotFound" },
      1,
    );
    expect(
      await world.azure.roles.roleAssignments(world.owner.objectId, `${scope}/resourceGroups/gone`),
    ).toEqual(inherited);
  });

  it("of roles: those of a principal at a scope and above it", async () => {
    const { subscriptionId } = world.emulator;
    const scope = `/subscriptions/${subscriptionId}`;
    expect(await world.azure.roles.roleAssignments(world.owner.objectId, scope)).toMatchObject({
      ok: true,
    });
    expect(await world.azure.roles.roleAssignments("' or 1 eq 1", scope)).toEqual({
      ok: true,
      value: [],
    });
    expect(await world.azure.roles.roleAssignments(world.owner.objectId, "/")).toEqual({
      ok: true,
      value: [],
    });
  });
});

const MARA = "66666666-0000-4000-8000-000000000006";
const isEnabled = async (id: string) => world.azure.roles.isEnabled?.(id);
const putMara = (accountEnabled: boolean) =>
  world.control("PUT", "/users/mara@databox.localhost", {
    password: "a password",
    objectId: MARA,
    accountEnabled,
  });

describe("the account of an approver", () => {
  const yes = { ok: true, value: true };
  const no = { ok: true, value: false };

  it("counts while it exists and is enabled", async () => {
    expect(await isEnabled(MARA)).toEqual(no);
    await putMara(true);
    expect(await isEnabled(MARA)).toEqual(yes);
    await putMara(false);
    expect(await isEnabled(MARA)).toEqual(no);
    await world.control("DELETE", "/users/mara@databox.localhost");
    expect(await isEnabled(MARA)).toEqual(no);
    expect(await isEnabled("../me")).toEqual(no);
  });

  it("may be a program's", async () => {
    expect(await isEnabled(world.owner.objectId)).toEqual(yes);
  });

  it("is not known while Graph does not answer", async () => {
    await world.addFault({ service: "entra", operation: world.owner.objectId }, OUTAGE);
    expect(await isEnabled(world.owner.objectId)).toMatchObject({
      ok: false,
      failure: { code: "IdentityProviderUnreachable", reason: "entra" },
    });
  });
});
