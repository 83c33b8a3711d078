import { describe, expect, test } from "vitest";

import { testAccess, testKey, testVault, testVersion } from "../../../test/test-vault.ts";
import { chooseBehaviour } from "../unverified.ts";
import { decideRequest, type GateInput } from "./gate.ts";
import { viewKey } from "./key-view.ts";
import { OPERATION_NAMES, operationRow } from "./operations.ts";
import { REFUSALS } from "./refusal.ts";

const NOW_MS = 1_800_000_000_000;
const NOW_SECONDS = NOW_MS / 1000;
const CLAIMS = {
  audience: "https://vault.localhost",
  issuer: "https://sts.windows.net/tenant/",
  expiresSeconds: NOW_SECONDS + 60,
  notBeforeSeconds: 0,
  applicationId: "app",
  objectId: "oid",
  tenantId: "tenant",
};
const ALL = {
  tenantId: "tenant",
  objectId: "OID",
  permissions: { keys: ["all"], secrets: [], certificates: [], storage: [] },
};
const ACCESS = testAccess({ accessPolicies: [ALL] });

/** A request that passes all stages, until a test changes it. */
function request(facts: Partial<GateInput> = {}, choices: Record<string, string> = {}): GateInput {
  return {
    operation: "unwrapKey",
    apiVersion: { sent: "7.4", parsed: "7.4" },
    token: { kind: "signed", claims: CLAIMS },
    expectedAudience: "https://vault.localhost",
    tokenIssuerUrl: "https://sts.windows.net",
    vault: testVault(),
    vaultUrl: "https://v.vault.localhost",
    access: ACCESS,
    assignments: [],
    clientAddress: "203.0.113.10",
    trustedService: false,
    readOnly: false,
    keyName: "k",
    version: "",
    view: viewKey(testKey(), NOW_MS),
    payloadFault: undefined,
    nowMs: NOW_MS,
    systemNowMs: NOW_MS,
    choose: chooseBehaviour(choices),
    ...facts,
  };
}
const stageOf = (input: GateInput): string => {
  const decision = decideRequest(input);
  return decision.kind === "allowed" ? "allowed" : decision.stage;
};
const viewOf = (facts: Parameters<typeof testVersion>[0]) =>
  viewKey(testKey({ versions: [testVersion(facts)] }), NOW_MS);

/**
 * From the last stage to the first: each adds a fault that must take precedence over the earlier
 * ones.
 */
const LADDER: readonly [stage: string, fault: Partial<GateInput>][] = [
  ["payload", { payloadFault: REFUSALS.badParameter("x") }],
  ["key_ops", { view: viewOf({ keyOperations: [] }) }],
  [
    "validity",
    { operation: "wrapKey", view: viewOf({ keyOperations: [], expiresSeconds: NOW_SECONDS }) },
  ],
  ["enabled", { view: viewOf({ keyOperations: [], expiresSeconds: NOW_SECONDS, enabled: false }) }],
  ["existence", { view: { kind: "absent" } }],
  ["permission", { access: testAccess() }],
  ["name", { keyName: "under_score" }],
  ["api-version", { apiVersion: { sent: undefined, parsed: undefined } }],
  ["network", { access: testAccess({ publicNetworkAccess: "Disabled" }) }],
  ["token", { token: { kind: "missing" } }],
];

describe("the order of the gate", () => {
  test("a request without fault is allowed, and its caller is known", () => {
    expect(decideRequest(request())).toEqual({ kind: "allowed", caller: CLAIMS });
  });

  test("each stage answers before every later one", () => {
    const spoilt: Partial<GateInput> = {};
    for (const [stage, fault] of LADDER) {
      Object.assign(spoilt, fault);
      expect(stageOf(request(spoilt))).toBe(stage);
    }
  });

  test("existence can be asked to answer before permission", () => {
    const input = { view: { kind: "absent" }, access: testAccess() } as const;
    expect(stageOf(request(input, { "permission-or-existence-first": "existence" }))).toBe(
      "existence",
    );
    expect(stageOf(request(input))).toBe("permission");
  });
});

const USES = OPERATION_NAMES.filter((name) => operationRow(name).use !== undefined);

describe("the period of validity", () => {
  const OUTSIDE = [
    ["expired", { expiresSeconds: NOW_SECONDS - 1 }],
    ["not yet valid", { notBeforeSeconds: NOW_SECONDS + 1 }],
  ] as const;
  test.each(OUTSIDE)(
    "%s: recovering operations work, protecting ones are refused",
    (_name, facts) => {
      const view = viewOf({
        ...facts,
        keyOperations: ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey", "export"],
      });
      const apiVersion = { sent: "2026-01-01-preview", parsed: "2026-01-01-preview" } as const;
      const allowed = USES.filter(
        (operation) => stageOf(request({ operation, view, apiVersion })) === "allowed",
      );
      expect(allowed.toSorted()).toEqual([
        "decrypt",
        "release",
        "secureUnwrapKey",
        "unwrapKey",
        "verify",
      ]);
      expect(stageOf(request({ operation: "wrapKey", view }))).toBe("validity");
    },
  );

  test("the leeway can be widened", () => {
    const view = viewOf({ expiresSeconds: NOW_SECONDS - 30 });
    expect(
      stageOf(request({ operation: "wrapKey", view }, { "validity-leeway-seconds": "60" })),
    ).toBe("allowed");
  });
});

describe("a disabled key", () => {
  test("is refused for every use", () => {
    const apiVersion = { sent: "2026-01-01-preview", parsed: "2026-01-01-preview" } as const;
    for (const operation of USES)
      expect(stageOf(request({ operation, apiVersion, view: viewOf({ enabled: false }) }))).toBe(
        "enabled",
      );
  });

  test("can be read, changed, rotated, backed up and deleted", () => {
    for (const operation of ["get", "update", "rotate", "backup", "delete"] as const) {
      expect(stageOf(request({ operation, view: viewOf({ enabled: false }) }))).toBe("allowed");
    }
  });

  test("may still be asked to wrap, as one report says", () => {
    const view = viewOf({ enabled: false });
    const choices = { "disabled-key-public-operations": "allow" };
    expect(stageOf(request({ operation: "wrapKey", view }, choices))).toBe("allowed");
    expect(stageOf(request({ operation: "unwrapKey", view }, choices))).toBe("enabled");
  });
});

describe("a token", () => {
  const TOKENS = [
    ["expired", { expiresSeconds: NOW_SECONDS }, /TokenExpired/u],
    ["not yet valid", { notBeforeSeconds: NOW_SECONDS + 1 }, /TokenNotYetValid/u],
    ["of another audience", { audience: "https://vault.azure.net" }, /^AKV10022/u],
    ["of another tenant", { issuer: "https://sts.windows.net/other/" }, /^AKV10032/u],
  ] as const;
  test.each(TOKENS)("%s is refused with 401", (_name, facts, message) => {
    const decision = decideRequest(
      request({ token: { kind: "signed", claims: { ...CLAIMS, ...facts } } }),
    );
    expect(decision).toMatchObject({
      kind: "refused",
      stage: "token",
      refusal: { status: 401, message: expect.stringMatching(message) },
    });
  });
});

describe("role assignments", () => {
  const USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6";
  const access = testAccess({ rbacAuthorization: true, accessPolicies: [ALL] });
  const assignment = (scope: string, roleDefinitionName = USER) => [
    {
      id: "a",
      name: "a",
      scope,
      roleDefinitionName,
      principalId: "OID",
      principalType: "ServicePrincipal",
      createdAtMs: 0,
    },
  ];
  const VAULT = testVault().id;

  test.each([
    ["the key", `${VAULT}/keys/K`, true],
    ["the vault", VAULT.toUpperCase(), true],
    ["the resource group", "/subscriptions/s/resourceGroups/g", true],
    ["the subscription", "/subscriptions/s", true],
    ["another key", `${VAULT}/keys/k2`, false],
    ["another vault", `${VAULT}2`, false],
    ["another subscription", "/subscriptions/s2", false],
  ])("on %s", (_name, scope, expected) => {
    expect(stageOf(request({ access, assignments: assignment(scope) })) === "allowed").toBe(
      expected,
    );
  });

  const ROLES = [
    [
      "Key Vault Administrator",
      "00482a5a-887f-4fb3-b363-3b7fe8e74483",
      ["create", "purge", "unwrapKey", "getRotationPolicy"],
      [],
    ],
    [
      "Key Vault Crypto Officer",
      "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
      ["create", "purge", "unwrapKey", "updateRotationPolicy"],
      [],
    ],
    [
      "Key Vault Crypto User",
      "12338af0-0e69-4776-bea7-57ae8d297424",
      ["get", "unwrapKey", "sign", "backup", "update"],
      ["create", "purge", "rotate"],
    ],
    [
      "Key Vault Crypto Service Encryption User",
      USER,
      ["get", "wrapKey", "unwrapKey"],
      ["encrypt", "decrypt", "update", "create"],
    ],
    [
      "Key Vault Reader",
      "21090545-7ca7-4776-b22c-e363652d74d2",
      ["get", "getRotationPolicy"],
      ["wrapKey", "unwrapKey", "update"],
    ],
    ["Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", [], ["get", "unwrapKey"]],
  ] as const;
  test.each(ROLES)(
    "%s allows exactly its documented operations",
    (_name, role, allowed, refused) => {
      const stage = (operation: GateInput["operation"]): string =>
        stageOf(
          request({
            operation,
            access,
            assignments: assignment(VAULT, role),
            view: operation === "purge" ? viewKey(DELETED, NOW_MS) : viewOf({}),
          }),
        );
      for (const operation of allowed)
        expect([operation, stage(operation)]).toEqual([operation, "allowed"]);
      for (const operation of refused)
        expect([operation, stage(operation)]).toEqual([operation, "permission"]);
    },
  );

  test("access policies do not count beside roles", () => {
    expect(stageOf(request({ access }))).toBe("permission");
  });

  test("whether the service encryption user reads deleted keys can be switched", () => {
    const input = request({
      operation: "getDeleted",
      access,
      assignments: assignment(VAULT),
      view: viewKey(DELETED, NOW_MS),
    });
    expect(stageOf(input)).toBe("allowed");
    expect(
      stageOf({
        ...input,
        choose: chooseBehaviour({ "service-encryption-user-reads-deleted-keys": "no" }),
      }),
    ).toBe("permission");
  });
});

const DELETED = testKey({
  lifecycle: {
    kind: "deleted",
    deletedAtMs: NOW_MS - 10,
    visibleAtMs: NOW_MS - 1,
    scheduledPurgeAtMs: NOW_MS + 1,
  },
});

test("an api-version older than the operation is refused", () => {
  expect(
    stageOf(request({ operation: "rotate", apiVersion: { sent: "7.2", parsed: "7.2" } })),
  ).toBe("api-version");
  expect(
    stageOf(
      request(
        { operation: "rotate", apiVersion: { sent: "9", parsed: undefined } },
        { "unknown-api-version": "accept" },
      ),
    ),
  ).toBe("allowed");
});
