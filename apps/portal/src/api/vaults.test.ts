import { describe, expect, test } from "vitest";

import { createClient } from "./client.ts";
import { ProblemError } from "./problem-error.ts";
import { createVault, grantAccess, type NewVault } from "./vaults.ts";

const VAULT_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/contoso";
const WANTED = {
  subscriptionId: "s",
  resourceGroup: "g",
  name: "contoso",
  location: "westus",
  retentionDays: 90,
  purgeProtection: true,
  tier: "premium",
} as const;
const MAKER = { tenantId: "tenant", objectId: "ada" };
const vault = (enableRbacAuthorization: boolean) => ({
  id: VAULT_ID,
  name: "contoso",
  location: "westus",
  properties: {
    vaultUri: "https://contoso.vault.azure.net/",
    tenantId: "tenant",
    enableRbacAuthorization,
  },
});

/** A client whose role assignments are answered with `refusal`, and the calls that it made. */
function recording(refusal?: { readonly status: number; readonly code: string }) {
  const asked: { readonly path: string; readonly body: unknown }[] = [];
  const client = createClient({
    csrfToken: "t",
    onSignedOut: () => undefined,
    fetch: (path, { body }) => {
      asked.push({ path, body: typeof body === "string" ? JSON.parse(body) : undefined });
      const isRefused = refusal !== undefined && path.includes("roleAssignments");
      const { status, code } = isRefused ? refusal : { status: 200, code: "" };
      const answer = isRefused ? { error: { code, message: "refused" } } : vault(true);
      return Promise.resolve(new Response(JSON.stringify(answer), { status }));
    },
  });
  return { client, asked };
}
const create = (client: ReturnType<typeof createClient>, accessModel: NewVault["accessModel"]) =>
  createVault(client, { ...WANTED, accessModel }, MAKER, () => "id");
const assigned = (role: string, principalId: string, principalType: string) => ({
  path: `/portal/api/arm${VAULT_ID}/providers/Microsoft.Authorization/roleAssignments/id?api-version=2022-04-01`,
  body: {
    properties: {
      roleDefinitionId: `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      principalId,
      principalType,
    },
  },
});

describe("a vault that the portal makes", () => {
  test("of roles makes its maker a Key Vault Crypto Officer of it", async () => {
    const { client, asked } = recording();
    await create(client, "roles");
    expect(asked).toMatchObject([
      {
        path: `/portal/api/arm${VAULT_ID}?api-version=2026-02-01`,
        body: {
          properties: {
            enableRbacAuthorization: true,
            sku: { family: "A", name: "premium" },
          },
        },
      },
      assigned("14b46e9e-c2b7-41b4-b07b-48a6ebf60603", "ada", "User"),
    ]);
    expect(JSON.stringify(asked)).not.toContain("accessPolicies");
  });

  test("of access policies has one for its maker, and no role", async () => {
    const { client, asked } = recording();
    await create(client, "policies");
    expect(asked).toMatchObject([
      {
        body: {
          properties: { enableRbacAuthorization: false, accessPolicies: [{ objectId: "ada" }] },
        },
      },
    ]);
  });

  test.each(["AuthorizationFailed", "RoleAssignmentExists"])(
    "is made although its role is answered with %s",
    async (code) => {
      const { client } = recording({ status: 403, code });
      expect(await create(client, "roles")).toMatchObject({ name: "contoso" });
    },
  );

  test("is a failure when its role fails for another reason", async () => {
    const { client } = recording({ status: 500, code: "InternalServerError" });
    await expect(create(client, "roles")).rejects.toThrow(ProblemError);
  });
});

describe("access for an order's identity", () => {
  test("is Key Vault Crypto Service Encryption User where the vault has roles", async () => {
    const { client, asked } = recording();
    await grantAccess(client, vault(true), "identity", () => "id");
    expect(asked).toEqual([
      assigned("e147488a-f6f5-4113-8e2d-b22465e65bf6", "identity", "ServicePrincipal"),
    ]);
  });

  test("is get, wrapKey and unwrapKey where the vault has access policies", async () => {
    const { client, asked } = recording();
    await grantAccess(client, vault(false), "identity", () => "id");
    expect(asked).toMatchObject([
      {
        path: `/portal/api/arm${VAULT_ID}/accessPolicies/add?api-version=2026-02-01`,
        body: {
          properties: {
            accessPolicies: [
              { objectId: "identity", permissions: { keys: ["get", "wrapKey", "unwrapKey"] } },
            ],
          },
        },
      },
    ]);
  });

  test("is not granted when the role is refused", async () => {
    const { client } = recording({ status: 403, code: "AuthorizationFailed" });
    await expect(grantAccess(client, vault(true), "identity", () => "id")).rejects.toThrow(
      ProblemError,
    );
  });
});
