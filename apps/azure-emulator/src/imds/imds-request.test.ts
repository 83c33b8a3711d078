import { describe, expect, test } from "vitest";

import type { ManagedIdentity } from "../core/model.ts";
import { type IdentitySelector, parseTokenQuery, selectIdentity } from "./imds-request.ts";

const identity = (name: string): ManagedIdentity => ({
  id: `/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
  subscriptionId: "s",
  resourceGroup: "g",
  name,
  location: "westus",
  tags: {},
  tenantId: "t",
  principalId: `${name}-principal`,
  clientId: `${name}-client`,
  federatedCredentials: [],
});
const a = identity("a");
const b = identity("b");

describe("the identity that a request means", () => {
  test.each<[string, IdentitySelector, ManagedIdentity[], string]>([
    ["the only one, unnamed", { kind: "default" }, [a], "a"],
    ["one of two, by client id", { kind: "client-id", value: "B-CLIENT" }, [a, b], "b"],
    ["one of two, by resource id", { kind: "resource-id", value: b.id.toUpperCase() }, [a, b], "b"],
    ["one of two, by object id", { kind: "object-id", value: "a-principal" }, [a, b], "a"],
  ])("is %s", (_, selector, assigned, name) => {
    expect(selectIdentity(selector, assigned)).toMatchObject({ name });
  });

  test.each<[string, IdentitySelector, ManagedIdentity[], RegExp]>([
    ["there is none", { kind: "default" }, [], /^Identity not found$/],
    ["there are others only", { kind: "client-id", value: "c" }, [a, b], /^Identity not found$/],
    ["there are several and none is named", { kind: "default" }, [a, b], /^Multiple user assigned/],
  ])("is refused when %s", (_, selector, assigned, description) => {
    expect(selectIdentity(selector, assigned)).toMatchObject({
      kind: "refused",
      status: 400,
      error: "invalid_request",
      description: expect.stringMatching(description) as string,
    });
  });
});

test.each([
  ["msi_res_id", "resource-id"],
  ["mi_res_id", "resource-id"],
  ["client_id", "client-id"],
  ["object_id", "object-id"],
  ["principal_id", "object-id"],
])("%s names an identity by its %s", (name, kind) => {
  const query = new Map([
    ["api-version", "2018-02-01"],
    ["resource", "r"],
    [name, "x"],
  ]);
  expect(parseTokenQuery(query)).toMatchObject({ selector: { kind, value: "x" } });
});
