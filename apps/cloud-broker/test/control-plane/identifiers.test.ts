import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { orderIdOf } from "../../src/core/order.ts";
import { minimalJob, OLDER_API as API, SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const KELVIN = "\u212A";

let world: BrokerWorld;
beforeAll(async () => {
  world = await openBroker();
});
afterAll(() => world[Symbol.asyncDispose]());

const pathOf = (group: string, name: string) =>
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/${encodeURIComponent(group)}/providers/Microsoft.DataBox/jobs/${encodeURIComponent(name)}`;
const idOf = (resourceGroup: string) =>
  orderIdOf({ subscriptionId: SUBSCRIPTION, resourceGroup, name: "order1" });
const put = (group: string, name: string) =>
  world.call("PUT", `${pathOf(group, name)}?${API}`, { body: minimalJob() });

const GROUPS: readonly (readonly [string, string, string])[] = [
  ["a line break", "group\r\nGET / HTTP/1.1", "it has control characters"],
  ["NUL", "group\0", "it has control characters"],
  ["a slash", "group/providers/x", "it has slashes"],
  ["dots and slashes", "../group", "it has slashes"],
  ["a period at its end", "group.", "it breaks the rule"],
  ["3,000 characters", "g".repeat(3000), "it has 3000 characters"],
  ["an emoji", "group\u{1F600}", "it has characters beyond ASCII"],
  ["a Kelvin sign", `${KELVIN}elvin`, "it has characters beyond ASCII"],
  ["a space", "my group", "it breaks the rule"],
];

describe("a resource group name with", () => {
  test.each(GROUPS)(
    // Evidence: Forged and aliased names.
    "%s is refused at each door, and stored nowhere",
    async (_name, group, fault) => {
      const job = pathOf(group, "order1");
      for (const [method, path, body] of [
        ["PUT", job, minimalJob()],
        ["GET", job, undefined],
        ["PATCH", job, { tags: {} }],
        ["DELETE", job, undefined],
        ["GET", `${job}/unlockPolicy`, undefined],
        ["POST", `${job}/revoke`, { reason: "lost" }],
        ["GET", job.slice(0, job.lastIndexOf("/")), undefined],
      ] as const) {
        const { status, json } = await world.call(
          method,
          `${path}?${API}`,
          body === undefined ? {} : { body },
        );
        expect({
          method,
          path,
          status,
          code: json.error?.code,
          target: json.error?.target,
        }).toEqual({
          method,
          path,
          status: 400,
          code: "InvalidResourceGroup",
          target: "resourceGroup",
        });
        expect(json.error.message).toContain(`resource group name: ${fault}; expected 1 to 90`);
      }
      const rows = await world.store().selectFrom("orders").select("resource_group").execute();
      expect(rows.map(({ resource_group }) => resource_group)).not.toContain(group);
    },
  );
});

describe("a name in another letter case", () => {
  // Evidence: Forged and aliased names.
  test("is the same order, and a Kelvin sign is not a k", async () => {
    expect((await put("Kelvin", "order-k")).status).toBeLessThan(300);
    const { json } = await world.call("GET", `${pathOf("KELVIN", "ORDER-K")}?${API}`);
    expect(json).toMatchObject({ name: "order-k" });
    const other = await world.call("GET", `${pathOf(`${KELVIN}elvin`, "order-k")}?${API}`);
    expect(other).toMatchObject({ status: 400, json: { error: { code: "InvalidResourceGroup" } } });
  });

  test("an order that an earlier version accepted in such a group is still found", () => {
    for (const group of ["GRÖSSE", "group\r\nX", "Gruppe."])
      expect(idOf(group)).toBe(
        `/subscriptions/${SUBSCRIPTION}/resourcegroups/${group.toLowerCase()}/providers/microsoft.databox/jobs/order1`,
      );
    expect(idOf(`${KELVIN}elvin`)).not.toBe(idOf("kelvin"));
  });
});

describe("an order name", () => {
  test.each(["ab", "a".repeat(25), "a b", "a\u{1F600}bc", `${KELVIN}-order`, "ord\r\ner"])(
    "%j is refused, and the answer says what is allowed",
    async (name) => {
      const { status, json } = await put("group", name);
      expect({ status, code: json.error.code, target: json.error.target }).toEqual({
        status: 400,
        code: "InvalidResourceName",
        target: "jobName",
      });
      expect(json.error.message).toContain("expected 3 to 24 letters, digits, hyphens");
    },
  );
});
