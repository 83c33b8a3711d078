import { describe, expect, test } from "vitest";

import {
  ACTIONS,
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

test.each<[RoleName, keyof typeof ACTIONS, boolean]>([
  ["Owner", "listCredentials", true],
  ["Owner", "writeJobs", true],
  ["Contributor", "listCredentials", true],
  ["Contributor", "deleteJobs", true],
  ["Reader", "readJobs", true],
  ["Reader", "readActivity", true],
  ["Reader", "operationResults", true],
  ["Reader", "listCredentials", false],
  ["Reader", "writeJobs", false],
  ["Reader", "validateInputs", false],
  ["DataBoxContributor", "writeJobs", true],
  ["DataBoxContributor", "listCredentials", true],
  ["DataBoxReader", "readJobs", true],
  ["DataBoxReader", "listCredentials", false],
  ["DataBoxReader", "availableSkus", true],
  ["DataBoxReader", "mitigate", false],
  ["DataBoxOperator", "listCredentials", true],
  ["DataBoxOperator", "mitigate", true],
  ["DataBoxOperator", "writeJobs", false],
  ["DataBoxOperator", "cancelJobs", false],
])("%s, %s: %s", (role, action, expected) => {
  expect(can(role, ACTIONS[action])).toBe(expected);
});

test("no role whose name says reader may do anything but read and ask", () => {
  const writes = Object.values(ACTIONS).filter(
    (action) => action.includes("/jobs/") && !action.endsWith("/read"),
  );
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
    expect(decideAccess([{ role: "Owner", scope }], ACTIONS.readJobs, JOB)).toBe(expected);
  });

  test("no role at all is no", () => {
    expect(decideAccess([], ACTIONS.readJobs, JOB)).toBe(false);
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
