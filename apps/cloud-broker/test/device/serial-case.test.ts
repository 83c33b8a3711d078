import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { API, jobPath, minimalJob } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
});
afterAll(() => world[Symbol.asyncDispose]());

const prepare = (job: string, serials: readonly string[]) =>
  world.operator("prepare", job, { serials });

describe("a serial number in another letter case", () => {
  // Evidence: Forged and aliased names.
  test("is the same device: no second one is prepared, in this order or another", async () => {
    await world.call("PUT", `${jobPath("case-1")}?${API}`, { body: minimalJob() });
    await world.call("PUT", `${jobPath("case-2")}?${API}`, { body: minimalJob() });
    expect((await prepare("case-1", ["DBX-Case"])).status).toBe(200);
    const refused = await prepare("case-2", ["dbx-case"]);
    expect(refused).toMatchObject({
      status: 400,
      json: { error: { code: "InvalidRequestContent", target: "serials" } },
    });
    expect(refused.json.error.message).toContain("this device is known as DBX-Case");
    expect((await prepare("case-1", ["dbx-CASE"])).status).toBe(200);
    const nodes = await world.store().selectFrom("nodes").select("serial").execute();
    expect(nodes).toEqual([{ serial: "DBX-Case" }]);
  });

  test("names the node for a kill switch", async () => {
    const body = { reason: "lost", serial: "dbx-case" };
    const { status } = await world.call("POST", `${jobPath("case-1")}/revoke?${API}`, { body });
    expect(status).toBe(200);
    const [row] = await world.store().selectFrom("revocations").select("scope").execute();
    expect(row?.scope).toMatch(/ DBX-Case$/);
  });
});
