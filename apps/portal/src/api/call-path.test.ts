import {
  KEY_HEALTH_CALLS,
  NOTICE_CALLS,
  OPERATOR_ORDER_CALLS,
  ORDER_SUMMARY_CALLS,
} from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { callPath } from "./client.ts";

const NAME = { subscriptionId: "s1", resourceGroup: "group one", jobName: "import-1" };
const ORDER =
  "subscriptions/s1/resourceGroups/group%20one/providers/Microsoft.DataBox/jobs/import-1";

test("an order's path names it and the newest version, each part escaped", () => {
  expect(callPath(KEY_HEALTH_CALLS.read, NAME, {})).toBe(
    `/portal/api/arm/${ORDER}/keyHealth?api-version=2025-07-01`,
  );
});

test("filters that are not set are not sent", () => {
  const query = { search: "a&b", stage: "", lock: undefined };
  expect(callPath(ORDER_SUMMARY_CALLS.ofEveryCustomer, {}, query)).toBe(
    "/portal/api/operator/v1/orderSummaries?search=a%26b",
  );
});

test("an operator's call has no version", () => {
  expect(callPath(OPERATOR_ORDER_CALLS.read, NAME, {})).toBe(`/portal/api/operator/v1/${ORDER}`);
});

test("each item of a list is a parameter", () => {
  expect(callPath(NOTICE_CALLS.list, {}, { subscriptionId: ["a", "b"] })).toBe(
    "/portal/api/notices?subscriptionId=a&subscriptionId=b",
  );
});

test("a path whose segment is not given is a bug", () => {
  expect(() => callPath(KEY_HEALTH_CALLS.read, {}, {})).toThrow("the call has no subscriptionId");
});
