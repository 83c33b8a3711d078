import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startWorld, type World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.control("PUT", "/users/ada@databox.localhost", {
    password: "correct horse battery",
    displayName: "Ada",
  });
});
afterAll(() => world[Symbol.asyncDispose]());

async function askGraph(path: string, body?: object) {
  const { token } = await world.owner.credential.getToken(
    `${world.emulator.authorityUrl}/.default`,
  );
  return world.send(`${world.emulator.authorityUrl}/v1.0${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body && { body }),
  });
}
const filtered = (kind: string, filter: string) =>
  askGraph(`/${kind}?$filter=${encodeURIComponent(filter)}`);

describe("the directory, as az CLI asks for it", () => {
  test("finds a service principal by its application's id", async () => {
    const { clientId, objectId } = world.owner;
    const found = [
      await filtered("servicePrincipals", `servicePrincipalNames/any(c:c eq '${clientId}')`),
      await filtered("servicePrincipals", `appId eq '${clientId}' or displayName eq 'x'`),
    ];
    for (const answer of found)
      expect(answer.json).toMatchObject({ value: [{ id: objectId, appId: clientId }] });
    expect((await askGraph(`/servicePrincipals/${objectId}`)).json).toMatchObject({
      servicePrincipalType: "Application",
    });
  });

  test("finds a user by sign-in name, and several principals by id", async () => {
    const user = await askGraph("/users/ADA@databox.localhost");
    const { id } = user.json as { id: string };
    const several = await askGraph("/directoryObjects/getByIds", {
      ids: [id, world.owner.objectId],
      types: ["user", "servicePrincipal"],
    });
    const { value } = several.json as { value: { id: string }[] };
    expect(value.map((object) => object.id).toSorted()).toEqual(
      [id, world.owner.objectId].toSorted(),
    );
  });

  test("finds users by several ids at once, and by the beginning of either name", async () => {
    const { id } = (await askGraph("/users/ada@databox.localhost")).json as { id: string };
    const other = world.owner.objectId;
    for (const filter of [
      `id in ('${other}', '${id.toUpperCase()}')`,
      "startswith(displayName,'ad') or startswith(userPrincipalName,'ad')",
      "startswith(displayName,'x''y') or startswith(userPrincipalName,'ADA@')",
    ]) {
      const { json } = await filtered("users", filter);
      const { value } = json as { value: { id: string }[] };
      expect(value.map((user) => user.id)).toEqual([id]);
    }
  });

  test("finds app registrations, by an id of their own and without secrets", async () => {
    const { clientId, objectId } = world.owner;
    const { json } = await filtered("applications", `appId eq '${clientId}'`);
    const { value } = json as { value: { id: string }[] };
    expect(value).toEqual([
      expect.objectContaining({ appId: clientId, displayName: "test", passwordCredentials: [] }),
    ]);
    const [{ id } = { id: "" }] = value;
    expect(id).not.toBe(objectId);
    expect((await askGraph(`/applications/${id}`)).json).toMatchObject({
      "@odata.context": expect.stringMatching(/\/v1\.0\/\$metadata#applications\/\$entity$/),
      appId: clientId,
    });
    expect((await filtered("applications", "startswith(displayName,'no')")).json).toMatchObject({
      value: [],
    });
  });

  test("names the type of an object only where there may be several, and knows no groups", async () => {
    const { objectId } = world.owner;
    const one = await askGraph(`/servicePrincipals/${objectId}`);
    expect(one.json).not.toHaveProperty("@odata.type");
    const several = await askGraph("/directoryObjects/getByIds", { ids: [objectId] });
    expect(several.json).toMatchObject({
      value: [{ "@odata.type": "#microsoft.graph.servicePrincipal" }],
    });
    expect((await filtered("groups", "displayName eq 'x'")).json).toMatchObject({ value: [] });
    const member = await askGraph("/users/ada@databox.localhost/getMemberGroups", {
      securityEnabledOnly: true,
    });
    expect(member).toMatchObject({ status: 200, json: { value: [] } });
  });

  test("needs a token for it", async () => {
    const url = `${world.emulator.authorityUrl}/v1.0/users`;
    const { token } = await world.owner.credential.getToken(`${world.emulator.armUrl}/.default`);
    expect((await world.send(url)).status).toBe(401);
    const answer = await world.send(url, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
  });

  test.each([
    ["/users/nobody@databox.localhost", 404, "Request_ResourceNotFound"],
    ["/me", 404, "Request_ResourceNotFound"],
    ["/users?$filter=accountEnabled%20ne%20true", 400, "Request_UnsupportedQuery"],
  ])("answers %s with %d %s", async (path, status, code) => {
    expect(await askGraph(path)).toMatchObject({ status, json: { error: { code } } });
  });
});
