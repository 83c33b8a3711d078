import { describe, expect, test } from "vitest";

import { resourceOfDefaultScope, resourceOfDelegatedScopes } from "./token-resource.ts";

describe("the resource of a client-credentials scope", () => {
  test.each([
    ["https://vault.azure.net/.default", "https://vault.azure.net"],
    ["https://management.core.windows.net//.default", "https://management.core.windows.net/"],
    // MSAL for Go (azidentity) and MSAL for Java write it so.
    ["https://vault.azure.net/.default openid offline_access profile", "https://vault.azure.net"],
    ["openid profile offline_access https://vault.azure.net/.default", "https://vault.azure.net"],
    [
      "api://11111111-2222-4333-8444-555555555555/.default",
      "api://11111111-2222-4333-8444-555555555555",
    ],
  ])("of %s is %s", (scope, resource) => {
    expect(resourceOfDefaultScope(scope)).toBe(resource);
  });

  test.each([
    "",
    ".default",
    "/.default",
    "openid",
    "https://vault.azure.net",
    "https://a/.default user.read",
    "https://a/.default https://b/.default",
    "https://a\t/.default",
  ])("is refused for %j", (scope) => {
    expect(() => resourceOfDefaultScope(scope)).toThrow(expect.objectContaining({ code: 1002012 }));
  });
});

describe("the resource of delegated scopes", () => {
  test.each([
    [["openid", "profile"], "00000003-0000-0000-c000-000000000000"],
    [["openid", "https://arm.example/user_impersonation"], "https://arm.example"],
    [["https://arm.example//.default", "offline_access"], "https://arm.example/"],
    [["api://app/read", "api://app/write"], "api://app"],
  ])("of %j is %s", (scopes, resource) => {
    expect(resourceOfDelegatedScopes(scopes)).toBe(resource);
  });

  test.each([[["nonsense"]], [["https://a.example/x", "https://b.example/x"]]])(
    "is refused for %j",
    (scopes) => {
      expect(() => resourceOfDelegatedScopes(scopes)).toThrow(
        expect.objectContaining({ code: 70011 }),
      );
    },
  );
});
