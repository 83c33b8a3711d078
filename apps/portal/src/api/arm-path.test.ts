import { expect, test } from "vitest";

import { dataBoxPath, orderPath, parseOrderId, skipTokenOf } from "./arm-path.ts";

const NAME = { subscriptionId: "s1", resourceGroup: "group one", jobName: "import-1" };

test("an order's path names it and the newest version, each part escaped", () => {
  expect(orderPath(NAME, "/keyHealth")).toBe(
    "/portal/api/arm/subscriptions/s1/resourceGroups/group%20one/providers/Microsoft.DataBox/jobs/import-1/keyHealth?api-version=2025-07-01",
  );
});

test("filters that are not set are not sent", () => {
  expect(dataBoxPath("/x", { search: "a&b", stage: "", lock: undefined })).toBe(
    "/portal/api/arm/x?api-version=2025-07-01&search=a%26b",
  );
});

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
