import { expect, test } from "vitest";

import { parseOrderId, skipTokenOf } from "./arm-path.ts";

test("an order's id is read in any letter case, and nothing else is taken for one", () => {
  const id = "/subscriptions/S/resourcegroups/g/providers/microsoft.databox/jobs/j";
  expect(parseOrderId(id)).toEqual({ subscriptionId: "S", resourceGroup: "g", jobName: "j" });
  expect(parseOrderId(`${id}/activity`)).toBeUndefined();
  expect(parseOrderId("/subscriptions/S")).toBeUndefined();
});

test("only the position of a next link is taken, never its host", () => {
  expect(skipTokenOf("https://arm.example/x?api-version=1&$skipToken=abc")).toBe("abc");
  expect(skipTokenOf(undefined)).toBeUndefined();
});
