import { describe, expect, test } from "vitest";

import { type Action, ACTIONS } from "./actions.ts";
import {
  decideAccess,
  parseAppRole,
  ROLES,
  type RoleName,
  roleOfDefinition,
} from "./permissions.ts";

const SUBSCRIPTION = "/subscriptions/44444444-4444-4444-8444-444444444444";
const JOB = `${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.DataBox/jobs/j`;
const OTHER = "/subscriptions/55555555-5555-4555-8555-555555555555/resourceGroups/g";

const can = (role: RoleName, action: string): boolean =>
  decideAccess([{ role, scope: SUBSCRIPTION }], action, JOB);

test.each<[RoleName, Action, boolean]>([
  ["Owner", "Microsoft.DataBox/jobs/listCredentials/action", true],
  ["Owner", "Microsoft.DataBox/jobs/write", true],
  ["Contributor", "Microsoft.DataBox/jobs/listCredentials/action", true],
  ["Contributor", "Microsoft.DataBox/jobs/delete", true],
  ["Reader", "Microsoft.DataBox/jobs/read", true],
  ["Reader", "Microsoft.DataBox/jobs/activity/read", true],
  ["Reader", "Microsoft.DataBox/locations/operationResults/read", true],
  ["Reader", "Microsoft.DataBox/jobs/listCredentials/action", false],
  ["Reader", "Microsoft.DataBox/jobs/write", false],
  ["Reader", "Microsoft.DataBox/locations/validateInputs/action", false],
  ["DataBoxContributor", "Microsoft.DataBox/jobs/write", true],
  ["DataBoxContributor", "Microsoft.DataBox/jobs/listCredentials/action", true],
  ["DataBoxReader", "Microsoft.DataBox/jobs/read", true],
  ["DataBoxReader", "Microsoft.DataBox/jobs/listCredentials/action", false],
  ["DataBoxReader", "Microsoft.DataBox/locations/availableSkus/action", true],
  ["DataBoxReader", "Microsoft.DataBox/jobs/mitigate/action", false],
  ["DataBoxOperator", "Microsoft.DataBox/jobs/listCredentials/action", true],
  ["DataBoxOperator", "Microsoft.DataBox/jobs/mitigate/action", true],
  ["DataBoxOperator", "Microsoft.DataBox/jobs/write", false],
  ["DataBoxOperator", "Microsoft.DataBox/jobs/cancel/action", false],
])("%s, %s: %s", (role, action, expected) => {
  expect(can(role, action)).toBe(expected);
});

test("no role whose name says reader may do anything but read and ask", () => {
  const writes = ACTIONS.filter((action) => action.includes("/jobs/") && !action.endsWith("/read"));
  for (const role of ["Reader", "DataBoxReader"] as const)
    for (const action of writes) expect(can(role, action)).toBe(false);
});

test("an action that no role names is denied to all but those who may do everything", () => {
  for (const role of Object.keys(ROLES) as RoleName[])
    expect(can(role, "Microsoft.Storage/storageAccounts/write")).toBe(
      role === "Owner" || role === "Contributor",
    );
  expect(can("Contributor", "Microsoft.Authorization/roleAssignments/write")).toBe(false);
});

describe("scopes", () => {
  test.each([
    ["the tenant", "/", true],
    ["the subscription, in another letter case", SUBSCRIPTION.toUpperCase(), true],
    ["its group", `${SUBSCRIPTION}/resourceGroups/g`, true],
    ["a group whose name begins the same", `${SUBSCRIPTION}/resourceGroups/g2`, false],
    ["the order itself", JOB, true],
    ["another subscription", OTHER, false],
  ])("a role at %s", (_name, scope, expected) => {
    expect(decideAccess([{ role: "Owner", scope }], "Microsoft.DataBox/jobs/read", JOB)).toBe(
      expected,
    );
  });

  test("no role at all is no", () => {
    expect(decideAccess([], "Microsoft.DataBox/jobs/read", JOB)).toBe(false);
  });
});

test.each([
  ["Owner", { role: "Owner", scope: "/" }],
  ["DataBoxReader", { role: "DataBoxReader", scope: "/" }],
  ["DataBox.Reader", { role: "DataBoxReader", scope: "/" }],
  ["Data Box Reader", { role: "DataBoxReader", scope: "/" }],
  [
    "Reader:44444444-4444-4444-8444-444444444444",
    { role: "Reader", scope: "/subscriptions/44444444-4444-4444-8444-444444444444" },
  ],
  ["Reader:everything", undefined],
  ["Reader:44444444-4444-4444-8444-444444444444:more", undefined],
  ["DataBox.Operator", undefined],
  ["databox.operator", undefined],
  ["Administrator", undefined],
  ["", undefined],
  ["constructor", undefined],
])("app role %j is %j", (value, expected) => {
  expect(parseAppRole(value)).toEqual(expected);
});

test("a role definition is known by its GUID, in any scope and letter case", () => {
  expect(
    roleOfDefinition(
      `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/ACDD72A7-3385-48EF-BD42-F606FBA81AE7`,
    ),
  ).toBe("Reader");
  expect(roleOfDefinition("00000000-0000-0000-0000-000000000000")).toBeUndefined();
});
