// @module-tag one-engine

import { readFileSync } from "node:fs";

import * as protocol from "@databox-cmk/protocol";
import { expect, test } from "vitest";
import * as z from "zod/mini";

import { MAX_USER_IDENTITIES } from "../../src/core/patch-identity.ts";
import { ACTIONS, decideAccess, ROLES, type RoleName } from "../../src/core/permissions.ts";
import { stageRules } from "../../src/core/stages.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../../../docs/reference/${name}`, import.meta.url), "utf8");
const page = read("arm-api.md");
const devicePage = read("device-api.md");
const { DEVICE_ROUTES, MESSAGE_TYPES, STAGE_NAMES } = protocol;
const word = (value: boolean): string => (value ? "yes" : "no");

test.each(STAGE_NAMES)(
  "docs/reference/arm-api.md has the row of stage %s as the table has it",
  (stage) => {
    const rules = stageRules(stage);
    const cells = [
      stage,
      rules.displayName,
      word(rules.cancellable),
      word(rules.deletable),
      word(rules.addressEditable),
      rules.credentials,
    ];
    expect(page).toContain(`| ${cells.join(" | ")} |`);
  },
);

test.each(Object.keys(ROLES) as RoleName[])(
  "docs/reference/arm-api.md has the row of role %s",
  (role) => {
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
  },
);

test("docs/reference/arm-api.md names the limit of identities", () => {
  expect(page).toContain(`At most **${String(MAX_USER_IDENTITIES)}** user-assigned identities`);
});

test.each(Object.values(MESSAGE_TYPES))(
  "docs/reference/device-api.md has the message %s",
  (typ) => {
    expect(devicePage).toContain(`\`${typ}\``);
  },
);

test.each(Object.values(DEVICE_ROUTES))("docs/reference/device-api.md has the route %s", (path) => {
  expect(devicePage).toContain(`\`${path.replace(":lease", "{lease}")}\``);
});

/** Every schema of protocol with `extensions`: the messages of the device API. */
const MEMBERS = Object.values(protocol).flatMap((schema) =>
  schema instanceof z.ZodMiniObject && "extensions" in schema.shape
    ? Object.keys(schema.shape)
    : [],
);

test.each([...new Set(MEMBERS)])(
  "docs/reference/device-api.md explains the member %s",
  (member) => {
    expect(devicePage).toMatch(new RegExp(`[\`"]${member}[\`":]`));
  },
);

const VERBS = new Set(["read", "write", "delete", "action"]);
/** Such as `use` of Microsoft.DataBox/jobs/backupKeys/use/action: what the call is about. */
const subjects = new Set(
  Object.values(ACTIONS).map((action) => action.split("/").findLast((part) => !VERBS.has(part))),
);

test.each([...subjects])("docs/reference/arm-api.md has a call of %s", (subject) => {
  expect(page).toMatch(new RegExp(`\`[^\`]*\\b${String(subject)}\\b[^\`]*\``));
});
