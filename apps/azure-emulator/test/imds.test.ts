import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startWorld, type World } from "./world.ts";

let world: World;
let identity: { id: string; clientId: string; principalId: string };

beforeAll(async () => {
  world = await startWorld();
  const { emulator, owner } = world;
  const { token } = await owner.credential.getToken(`${emulator.armUrl}/.default`);
  const answer = await world.send(
    `${emulator.armUrl}/subscriptions/${emulator.subscriptionId}/resourceGroups/${emulator.resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/machine?api-version=2023-01-31`,
    {
      method: "PUT",
      headers: { authorization: `Bearer ${token}` },
      body: { location: emulator.location },
    },
  );
  const { id, properties } = answer.json as {
    id: string;
    properties: { clientId: string; principalId: string };
  };
  identity = { id, ...properties };
  await world.control("PUT", "/imds", { identities: [id] });
});
afterAll(() => world[Symbol.asyncDispose]());

const METADATA = { Metadata: "true" };

async function ask(path: string, headers: Record<string, string> = METADATA) {
  const response = await fetch(`${world.emulator.imdsUrl}${path}`, { headers });
  const text = await response.text();
  return {
    status: response.status,
    json: (text === "" ? {} : JSON.parse(text)) as Record<string, string>,
  };
}
const tokenPath = (query: Record<string, string> = {}, slash = "") =>
  `/metadata/identity/oauth2/token${slash}?${new URLSearchParams({ "api-version": "2018-02-01", resource: world.emulator.armUrl, ...query }).toString()}`;

describe("the instance metadata service", () => {
  test.each(["", "/"])("answers numbers as text, with %j at the end of the path", async (slash) => {
    const { status, json } = await ask(tokenPath({}, slash));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      client_id: identity.clientId,
      resource: world.emulator.armUrl,
      token_type: "Bearer",
      expires_in: expect.stringMatching(/^\d+$/),
      expires_on: expect.stringMatching(/^\d{10}$/),
      not_before: expect.stringMatching(/^\d{10}$/),
    });
  });

  test.each([
    ["client_id", () => identity.clientId],
    ["object_id", () => identity.principalId],
    ["msi_res_id", () => identity.id],
    ["mi_res_id", () => identity.id.toUpperCase()],
  ])("finds an identity by %s", async (name, value) => {
    expect((await ask(tokenPath({ [name]: value() }))).json["client_id"]).toBe(identity.clientId);
  });

  test.each([
    ["without the Metadata header", () => tokenPath(), {}, "bad_request_102"],
    [
      "forwarded by a proxy",
      () => tokenPath(),
      { ...METADATA, "X-Forwarded-For": "203.0.113.7" },
      "bad_request",
    ],
    ["without a resource", () => tokenPath({ resource: "" }), METADATA, "invalid_request"],
    ["without an api-version", () => tokenPath({ "api-version": "" }), METADATA, "invalid_request"],
    [
      "for an unknown resource",
      () => tokenPath({ resource: "https://nowhere.example" }),
      METADATA,
      "invalid_resource",
    ],
    [
      "for an identity that this machine has not",
      () => tokenPath({ client_id: identity.principalId }),
      METADATA,
      "invalid_request",
    ],
    [
      "for two names at once",
      () => tokenPath({ client_id: identity.clientId, object_id: identity.principalId }),
      METADATA,
      "invalid_request",
    ],
  ])("refuses a request %s with 400", async (_, path, headers, error) => {
    const { status, json } = await ask(path(), headers);
    expect(status).toBe(400);
    expect(json).toEqual({ error, error_description: expect.any(String) });
  });

  test("an identity that was deleted is not found", async () => {
    const { emulator, owner } = world;
    const { token } = await owner.credential.getToken(`${emulator.armUrl}/.default`);
    await world.send(`${emulator.armUrl}${identity.id}?api-version=2023-01-31`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await ask(tokenPath())).toEqual({
      status: 400,
      json: { error: "invalid_request", error_description: "Identity not found" },
    });
  });

  test.each([404, 410, 429, 500])("an injected %d is answered as such", async (status) => {
    await world.control("POST", "/faults", {
      scope: { service: "imds" },
      count: 1,
      effect: { kind: "status", status },
    });
    expect((await ask(tokenPath())).status).toBe(status);
  });

  test("says where the machine is", async () => {
    const { json } = await ask("/metadata/instance?api-version=2021-02-01");
    expect(json["compute"]).toMatchObject({
      location: world.emulator.location,
      subscriptionId: world.emulator.subscriptionId,
    });
  });
});
