// @module-tag one-engine
import { required } from "@databox-cmk/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";

import { CUSTOMER_KEY, VAULT, VAULT_NAME } from "../world/customer-vault.ts";
import { jobPath, minimalJob, OLDER_API as API, userIdentity } from "../world/jobs.ts";
import { type BrokerWorld, type JsonAnswer, openBroker } from "../world/open-broker.ts";
import { wrapNextTransaction } from "../world/wrap-next-transaction.ts";

const JOB = jobPath("order1");
const CMK = CUSTOMER_KEY;

let world: BrokerWorld;
beforeEach(async () => {
  world = await openBroker();
  await world.call("PUT", `${JOB}?${API}`, {
    body: { ...minimalJob(), tags: { first: "1", second: "2" } },
  });
});
afterEach(() => world[Symbol.asyncDispose]());

const patch = (body: unknown, headers: Record<string, string> = {}): Promise<JsonAnswer> =>
  world.call("PATCH", `${JOB}?${API}`, { body, headers });
const read = (): Promise<JsonAnswer> => world.call("GET", `${JOB}?${API}&$expand=details`);

test("one member changes, all others stay", async () => {
  const before = (await read()).json;
  expect(
    (await patch({ properties: { details: { contactDetails: { phone: "99" } } } })).status,
  ).toBe(202);
  const after = (await read()).json;
  expect(after.properties.details.contactDetails).toEqual({
    ...before.properties.details.contactDetails,
    phone: "99",
  });
  expect({ ...after.properties.details, contactDetails: 0 }).toEqual({
    ...before.properties.details,
    contactDetails: 0,
  });
  expect(after.tags).toEqual(before.tags);
});

test("tags are replaced as a whole", async () => {
  await patch({ tags: { third: "3" } });
  expect((await read()).json.tags).toEqual({ third: "3" });
});

test("a partial address is merged; one that would not be whole is refused", async () => {
  await patch({ properties: { details: { shippingAddress: { city: "Oakland" } } } });
  expect((await read()).json.properties.details.shippingAddress).toMatchObject({
    city: "Oakland",
    streetAddress1: "16 Townsend St",
  });
  const reverse = { reverseShippingDetails: { contactDetails: { phone: "1" } } };
  const refused = await patch({ properties: { details: reverse } });
  expect(refused.json.error).toMatchObject({
    code: "InvalidRequestContent",
    target: "properties.details.reverseShippingDetails.contactDetails",
  });
});

test("double encryption cannot be changed", async () => {
  const preferences = { encryptionPreferences: { doubleEncryption: "Enabled" } };
  expect((await patch({ properties: { details: { preferences } } })).json.error.message).toContain(
    "cannot be changed after the order was placed",
  );
});

test("If-Match: a stale tag is refused, the current one and * are not", async () => {
  const { etag } = (await read()).headers;
  expect((await patch({ tags: {} }, { "if-match": String(etag) })).status).toBe(202);
  const stale = await patch({ tags: { late: "1" } }, { "if-match": String(etag) });
  expect(stale).toMatchObject({ status: 412, json: { error: { code: "PreconditionFailed" } } });
  expect((await read()).json.tags).toEqual({});
  expect((await patch({ tags: {} }, { "if-match": "*" })).status).toBe(202);
});

test("the address is fixed once the appliance has left", async () => {
  await world.operator("prepare", "order1");
  expect((await world.operator("dispatch", "order1", { force: true })).status).toBe(200);
  const refused = await patch({ properties: { details: { shippingAddress: { city: "X" } } } });
  expect(refused.json.error).toMatchObject({ code: "OrderStageForbids" });
  expect(refused.json.error.details[0].code).toBe("address");
});

test("two writers at once: both changes are there", async () => {
  await Promise.all([
    patch({ tags: { written: "1" } }),
    patch({ properties: { details: { contactDetails: { phone: "42" } } } }),
  ]);
  const { json } = await read();
  expect(json.tags).toEqual({ written: "1" });
  expect(json.properties.details.contactDetails.phone).toBe("42");
});

test("None → SystemAssigned makes a new principal, and the old identity is gone", async () => {
  await patch({ identity: { type: "SystemAssigned" } });
  const first = (await read()).json.identity.principalId;
  await patch({ identity: { type: "None" } });
  expect((await read()).json.identity).toEqual({ type: "None" });
  expect(world.identities.system.size).toBe(0);
  await patch({ identity: { type: "SystemAssigned" } });
  const second = (await read()).json.identity.principalId;
  expect(second).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).not.toBe(first);
  expect(await world.store().selectFrom("identity_cleanups").selectAll().execute()).toEqual([]);
});

test("where there is no token, no second one is awaited to delete what was not made", async () => {
  const before = { ...world.identities };
  let deletions = 0;
  Object.assign(world.identities, {
    createSystemAssigned: () =>
      Promise.resolve({
        ok: false,
        failure: { code: "IdentityProviderUnreachable", reason: "imds", retryAfterSeconds: 600 },
      }),
    deleteSystemAssigned: () => {
      deletions += 1;
      return Promise.resolve({ ok: true, value: undefined });
    },
  });
  const refused = await patch({ identity: { type: "SystemAssigned" } });
  Object.assign(world.identities, before);
  expect([refused.status, refused.headers["retry-after"], deletions]).toEqual([503, "600", 0]);
  expect((await patch({ identity: { type: "SystemAssigned" } })).status).toBe(202);
});

test("user identities are added by {}, removed by null, and all go with their type", async () => {
  const [one, two] = [userIdentity("one"), userIdentity("two")] as const;
  await patch({ identity: { type: "UserAssigned", userAssignedIdentities: { [one]: {} } } });
  await patch({
    identity: { type: "SystemAssigned, UserAssigned", userAssignedIdentities: { [two]: {} } },
  });
  const both = (await read()).json.identity;
  expect(both.type).toBe("SystemAssigned,UserAssigned");
  expect(Object.keys(both.userAssignedIdentities)).toEqual([one, two]);
  await patch({
    identity: { type: "SystemAssigned,UserAssigned", userAssignedIdentities: { [one]: null } },
  });
  const left = (await read()).json.identity;
  expect(Object.keys(left.userAssignedIdentities)).toEqual([two]);
  expect(left.principalId).toBe(both.principalId);
  await patch({ identity: { type: "SystemAssigned" } });
  expect((await read()).json.identity).toEqual({
    type: "SystemAssigned",
    principalId: both.principalId,
    tenantId: both.tenantId,
  });
});

// Evidence: A failure under a wrong name.
test("a user identity that was deleted and made again is another principal once it is written again", async () => {
  const id = userIdentity("again");
  const write = () =>
    patch({ identity: { type: "UserAssigned", userAssignedIdentities: { [id]: {} } } });
  const principal = async (): Promise<string> =>
    (await read()).json.identity.userAssignedIdentities[id].principalId;
  await write();
  const first = await principal();
  await write();
  expect(await principal()).toBe(first);
  world.identities.user.delete(id.toLowerCase());
  expect((await write()).status).toBe(202);
  const second = await principal();
  expect(second).not.toBe(first);
  // Deleted for good: the write says so, instead of 202 for nothing.
  world.identities.failures.set(id, { code: "SsemUserErrorKekUserIdentityNotFound" });
  expect((await write()).json.error.code).toBe("SsemUserErrorKekUserIdentityNotFound");
  // A directory that is silent proves nothing.
  world.identities.failures.set(id, { code: "ResourceManagerUnreachable" });
  expect((await write()).status).toBe(202);
  expect(await principal()).toBe(second);
});

test("the eleventh user identity is refused as SsemUserErrorUserAssignedLimitReached", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 11 }, (_, index) => [userIdentity(`identity${String(index)}`), {}]),
  );
  const refused = await patch({ identity: { type: "UserAssigned", userAssignedIdentities: many } });
  expect(refused.json.error.code).toBe("SsemUserErrorUserAssignedLimitReached");
  expect((await read()).json.identity).toEqual({ type: "None" });
});

test.each([
  "SsemUserErrorKekUserIdentityNotFound",
  "SsemUserErrorCrossTenantIdentityAccessForbidden",
] as const)("a user identity that the directory refuses surfaces as %s", async (code) => {
  const id = userIdentity("lost");
  world.identities.failures.set(id, { code });
  const refused = await patch({
    identity: { type: "UserAssigned", userAssignedIdentities: { [id]: {} } },
  });
  expect(refused.json.error.code).toBe(code);
});

test("a key whose identity is not attached is refused with the identity's code", async () => {
  const refused = await patch({ properties: { details: { keyEncryptionKey: CMK } } });
  expect(refused.json.error.code).toBe("SsemUserErrorSystemAssignedIdentityAbsent");
  const userAssigned = {
    ...CMK,
    identityProperties: {
      type: "UserAssigned",
      userAssigned: { resourceId: userIdentity("absent") },
    },
  };
  const other = await patch({ properties: { details: { keyEncryptionKey: userAssigned } } });
  expect(other.json.error.code).toBe("SsemUserErrorUserAssignedIdentityAbsent");
});

test("key, vault and identity change one by one; what is not sent stays", async () => {
  const id = userIdentity("one");
  await patch({
    identity: { type: "SystemAssigned,UserAssigned", userAssignedIdentities: { [id]: {} } },
    properties: { details: { keyEncryptionKey: CMK } },
  });
  const other = world.vaults.addKey(VAULT_NAME, "key2");
  await patch({ properties: { details: { keyEncryptionKey: { kekUrl: other } } } });
  expect((await read()).json.properties.details.keyEncryptionKey).toEqual({
    kekType: "CustomerManaged",
    identityProperties: { type: "SystemAssigned" },
    kekUrl: other,
    kekVaultResourceID: VAULT,
  });
  const identityProperties = { type: "UserAssigned", userAssigned: { resourceId: id } };
  await patch({ properties: { details: { keyEncryptionKey: { identityProperties } } } });
  expect((await read()).json.properties.details.keyEncryptionKey).toMatchObject({
    kekUrl: other,
    identityProperties: { type: "UserAssigned", userAssigned: { resourceId: id } },
  });
});

test("a prepared order changes from the system-assigned to a user-assigned identity in one PATCH, and back", async () => {
  const id = userIdentity("one");
  await patch({
    identity: { type: "SystemAssigned" },
    properties: { details: { keyEncryptionKey: CMK } },
  });
  await world.operator("prepare", "order1");
  const credentials = async (): Promise<string> =>
    (await world.call("POST", `${JOB}/listCredentials?${API}`)).json.value[0].jobSecrets
      .podSecrets[0].devicePassword;
  const before = await credentials();
  const identityProperties = { type: "UserAssigned", userAssigned: { resourceId: id } };
  const changed = await patch({
    identity: { type: "UserAssigned", userAssignedIdentities: { [id]: {} } },
    properties: { details: { keyEncryptionKey: { ...CMK, identityProperties } } },
  });
  expect(changed.status).toBe(202);
  expect((await read()).json.identity.type).toBe("UserAssigned");
  expect(world.identities.system.size).toBe(0);
  expect(await credentials()).toBe(before);
  const back = await patch({
    identity: { type: "SystemAssigned" },
    properties: {
      details: { keyEncryptionKey: { identityProperties: { type: "SystemAssigned" } } },
    },
  });
  expect(back.status).toBe(202);
  expect(await credentials()).toBe(before);
});

test("an identity that the key uses can be taken away; its absence is then named, and a new one cures it", async () => {
  await patch({ identity: { type: "SystemAssigned" } });
  await patch({ properties: { details: { keyEncryptionKey: CMK } } });
  await world.operator("prepare", "order1");
  expect((await patch({ identity: { type: "None" } })).status).toBe(202);
  const refused = await world.call("POST", `${JOB}/listCredentials?${API}`);
  expect(refused.json.error.code).toBe("SsemUserErrorSystemAssignedIdentityAbsent");
  await patch({ identity: { type: "SystemAssigned" } });
  expect((await world.call("POST", `${JOB}/listCredentials?${API}`)).status).toBe(200);
});

test("back to the Microsoft-managed key is refused, unless the operator allows it", async () => {
  await patch({ identity: { type: "SystemAssigned" } });
  await patch({ properties: { details: { keyEncryptionKey: CMK } } });
  const back = { properties: { details: { keyEncryptionKey: { kekType: "MicrosoftManaged" } } } };
  expect((await patch(back)).json.error).toMatchObject({
    code: "KeyEncryptionKeyRevertForbidden",
    message: expect.stringContaining("ALLOW_REVERT_TO_MICROSOFT_MANAGED"),
  });
  await using permissive = await openBroker({
    settings: { ALLOW_REVERT_TO_MICROSOFT_MANAGED: "true" },
  });
  const call = (method: string, body: unknown): Promise<JsonAnswer> =>
    permissive.call(method, `${JOB}?${API}`, { body });
  await call("PUT", minimalJob());
  await call("PATCH", { identity: { type: "SystemAssigned" } });
  await call("PATCH", { properties: { details: { keyEncryptionKey: CMK } } });
  expect((await call("PATCH", back)).status).toBe(202);
  const { json } = await permissive.call("GET", `${JOB}?${API}`);
  expect(json.properties.details.keyEncryptionKey).toEqual({ kekType: "MicrosoftManaged" });
});

test("nothing of the key or the identity can be changed after the end", async () => {
  await world.call("POST", `${JOB}/cancel?${API}`, { body: { reason: "x" } });
  for (const body of [
    { identity: { type: "SystemAssigned" } },
    { properties: { details: { keyEncryptionKey: CMK } } },
  ])
    expect((await patch(body)).json.error.details[0].code).toBe("encryption");
  expect((await patch({ tags: { still: "allowed" } })).status).toBe(202);
});

test("a change that was committed is answered, although the order is gone a moment later", async () => {
  const store = required(world.replicas().map((replica) => replica.store)[0]);
  wrapNextTransaction([store], async (execute) => {
    await execute();
    await store.deleteFrom("orders").execute();
  });
  const { status, headers } = await patch({ tags: { third: "3" } });
  expect(status).toBe(202);
  expect(headers["location"]).toContain("/locations/westus/operationResults/");
});
