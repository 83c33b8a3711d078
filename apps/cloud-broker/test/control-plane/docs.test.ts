import { readFileSync } from "node:fs";

import { STAGE_NAMES } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { MAX_USER_IDENTITIES } from "../../src/core/patch-identity.ts";
import { ACTIONS, decideAccess, ROLES, type RoleName } from "../../src/core/permissions.ts";
import { stageRules } from "../../src/core/stages.ts";

const page = readFileSync(new URL("../../../../docs/arm-api.md", import.meta.url), "utf8");
const word = (value: boolean): string => (value ? "yes" : "no");

test.each(STAGE_NAMES)("docs/arm-api.md has the row of stage %s as the table has it", (stage) => {
  const rules = stageRules(stage);
  const cells = [
    stage,
    rules.displayName,
    word(rules.cancellable),
    word(rules.deletable),
    word(rules.addressEditable),
    word(rules.encryptionEditable),
    rules.credentials,
  ];
  expect(page).toContain(`| ${cells.join(" | ")} |`);
});

test.each(Object.keys(ROLES) as RoleName[])("docs/arm-api.md has the row of role %s", (role) => {
  const columns = [
    [ACTIONS.readJobs, ACTIONS.readActivity, ACTIONS.operationResults],
    [ACTIONS.writeJobs],
    [ACTIONS.cancelJobs, ACTIONS.deleteJobs],
    [ACTIONS.listCredentials],
    [ACTIONS.mitigate, ACTIONS.bookPickUp, ACTIONS.markDevicesShipped],
    [ACTIONS.availableSkus, ACTIONS.validateInputs, ACTIONS.regionConfiguration],
  ];
  const cells = columns.map((actions) => {
    const allowed = actions.map((action) => decideAccess([{ role, scope: "/" }], action, "/"));
    expect(new Set(allowed).size).toBe(1);
    return word(allowed[0] === true);
  });
  expect(page).toContain(`| ${[ROLES[role].title, ...cells].join(" | ")} |`);
});

test("docs/arm-api.md names the limit of identities", () => {
  expect(page).toContain(`At most **${String(MAX_USER_IDENTITIES)}** user-assigned identities`);
});
