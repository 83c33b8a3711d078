import { expect, test } from "vitest";

import { helpTopicOf } from "./help-topics.ts";

const ORDER = "/orders/$subscriptionId/$resourceGroup/$jobName";

test.each([
  ["/", "home"],
  ["/orders", "orders"],
  ["/operator/orders", "orders"],
  [ORDER, "overview"],
  [`${ORDER}/`, "overview"],
  [`${ORDER}/clone`, "create"],
  [`${ORDER}/key-health`, "keyHealth"],
  [`${ORDER}/operations`, "operations"],
  ["/operator/campaigns/start", "campaigns"],
  ["/operator/campaigns/$campaignId", "campaigns"],
  ["/nowhere", "home"],
])("the help of %s is about %s", (route, topic) => {
  expect(helpTopicOf(route)).toBe(topic);
});
