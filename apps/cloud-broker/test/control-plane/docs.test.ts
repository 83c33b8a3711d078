// @module-tag one-engine

import { readFileSync } from "node:fs";

import * as protocol from "@databox-cmk/protocol";
import { expect, test } from "vitest";
import * as z from "zod/mini";

import { ACTIONS } from "../../src/core/actions.ts";
import { MAX_USER_IDENTITIES } from "../../src/core/patch-identity.ts";
import { decideAccess, ROLES, type RoleName } from "../../src/core/permissions.ts";
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
      [
        "Microsoft.DataBox/jobs/read",
        "Microsoft.DataBox/jobs/activity/read",
        "Microsoft.DataBox/locations/operationResults/read",
      ],
      ["Microsoft.DataBox/jobs/write"],
      ["Microsoft.DataBox/jobs/cancel/action", "Microsoft.DataBox/jobs/delete"],
      ["Microsoft.DataBox/jobs/listCredentials/action"],
      [
        "Microsoft.DataBox/jobs/mitigate/action",
        "Microsoft.DataBox/jobs/bookShipmentPickUp/action",
        "Microsoft.DataBox/jobs/markDevicesShipped/action",
      ],
      [
        "Microsoft.DataBox/locations/availableSkus/action",
        "Microsoft.DataBox/locations/validateInputs/action",
        "Microsoft.DataBox/locations/regionConfiguration/action",
      ],
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

/** Members of a schema, and of the schemas in it. */
function membersOf(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodMiniObject)
    return Object.entries(schema.shape).flatMap(([name, inner]) => [name, ...membersOf(inner)]);
  if (schema instanceof z.ZodMiniOptional) return membersOf(schema.def.innerType);
  if (schema instanceof z.ZodMiniArray) return membersOf(schema.def.element);
  return schema instanceof z.ZodMiniUnion ? schema.def.options.flatMap(membersOf) : [];
}
/** Every schema of protocol with `extensions`: the messages of the device API. */
const MEMBERS = Object.values(protocol).flatMap((schema) =>
  schema instanceof z.ZodMiniObject && "extensions" in schema.shape ? membersOf(schema) : [],
);

test.each([...new Set(MEMBERS)])(
  "docs/reference/device-api.md explains the member %s",
  (member) => {
    expect(devicePage).toMatch(new RegExp(`[\`".]${member}[\`":]`));
  },
);

const VERBS = new Set(["read", "write", "delete", "action"]);
/** Such as `use` of Microsoft.DataBox/jobs/backupKeys/use/action: what the call is about. */
const subjects = new Set(
  ACTIONS.map((action) => action.split("/").findLast((part) => !VERBS.has(part))),
);

test.each([...subjects])("docs/reference/arm-api.md has a call of %s", (subject) => {
  expect(page).toMatch(new RegExp(`\`[^\`]*\\b${String(subject)}\\b[^\`]*\``));
});
