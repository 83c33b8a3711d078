// @module-tag one-engine

import { readFileSync } from "node:fs";

import * as protocol from "@databox-cmk/protocol";
import { expect, test } from "vitest";
import * as z from "zod/mini";

import { EVENT_TYPES } from "../../src/core/cloud-event.ts";
import { MAX_USER_IDENTITIES } from "../../src/core/patch-identity.ts";
import { decideAccess, ROLES, type RoleName } from "../../src/core/permissions.ts";
import { stageRules } from "../../src/core/stages.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../../../docs/reference/${name}`, import.meta.url), "utf8");
const page = read("arm-api.md");
const runbook = read("../operate/runbook.md");
const devicePage = read("device-api.md");
const { DEVICE_ROUTES, MESSAGE_TYPES, noticeView, STAGE_NAMES, unlockPurpose } = protocol;
const word = (value: boolean): string => (value ? "yes" : "no");
/** The rows with this first cell: a failure prints these, and not the whole page. */
const rowsOf = (name: string): readonly string[] =>
  page.split("\n").filter((line) => line.startsWith(`| ${name} | `));

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
    expect(rowsOf(stage)).toContain(`| ${cells.join(" | ")} |`);
  },
);

test.each(Object.values(EVENT_TYPES))("the pages about events have a row of %s", (type) => {
  expect(runbook).toContain(`\n| \`${type}\` | `);
  const [, short = ""] = type.split("com.databox-cmk.");
  expect(page).toMatch(new RegExp(`^\\| .*\`(?:com\\.databox-cmk\\.|…)${short}\`.* \\|`, "m"));
});

test.each(noticeView.def.options.flatMap((option) => option.shape.kind.def.values))(
  "docs/reference/portal-api.md has a row of notice %s",
  (kind) => {
    expect(read("portal-api.md")).toMatch(new RegExp(`^\\| .*\`${kind}\`.* \\|`, "m"));
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
    const { title } = ROLES[role];
    expect(rowsOf(title)).toContain(`| ${[title, ...cells].join(" | ")} |`);
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

/** Each schema of the device API, and the sections of the page that explain its members. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  challengeRequest: ["Challenge"],
  challenge: ["Challenge"],
  enrolmentRequest: ["Enrolment request"],
  enrolment: ["Enrolment request"],
  signedEnvelope: ["Enrolment request"],
  unlockRequest: ["Unlock request"],
  grant: ["Unlock request"],
  pending: ["Unlock request"],
  receipt: ["Receipt"],
  acknowledgement: ["Receipt"],
  leaseRenewal: ["Leases"],
  renewedLease: ["Leases"],
  leaseWatch: ["Leases"],
  leaseReceipt: ["Leases"],
  relockOrder: ["Leases", "Denial"],
  rekeyRequest: ["Rekeying"],
  rekeyProposal: ["Rekeying"],
  rekeyConfirmation: ["Rekeying"],
  rekeyed: ["Rekeying"],
  erasureRequest: ["Erasure"],
  erasurePermit: ["Erasure"],
  sanitisation: ["Erasure"],
  sanitised: ["Erasure"],
  brokerKeysRequest: ["The broker's keys"],
  brokerKeysAnswer: ["The broker's keys"],
  journalDelivery: ["Journal"],
  journalHead: ["Journal"],
  offlineChallenge: ["Carried by a person"],
  denial: ["Denial"],
};
/** Every schema of protocol with `extensions`, which has a section of its own. */
const MESSAGES = Object.entries(protocol).flatMap(([name, schema]) =>
  schema instanceof z.ZodMiniObject && "extensions" in schema.shape ? [{ name, schema }] : [],
);
const textOf = (name: string): string =>
  (SECTIONS[name] ?? [])
    .map((heading) => devicePage.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`)))
    .join("\n");
const explains = (text: string, member: string): boolean =>
  new RegExp(`[\`".]${member}[\`":]`).test(text);

/** The objects in a schema: each by its members, since several messages have the same ones. */
function objectsIn(schema: unknown): readonly (readonly string[])[] {
  if (schema instanceof z.ZodMiniObject)
    return [Object.keys(schema.shape), ...Object.values(schema.shape).flatMap(objectsIn)];
  if (schema instanceof z.ZodMiniOptional) return objectsIn(schema.def.innerType);
  if (schema instanceof z.ZodMiniArray) return objectsIn(schema.def.element);
  return schema instanceof z.ZodMiniUnion ? schema.def.options.flatMap(objectsIn) : [];
}
/** The sections of all messages that have an object. */
const sectionsOf = Map.groupBy(
  MESSAGES.flatMap(({ name, schema }) =>
    Object.values(schema.shape)
      .flatMap(objectsIn)
      .map((members) => ({ members: members.join(), text: textOf(name) })),
  ),
  ({ members }) => members,
);

test.each(unlockPurpose.options)("docs/reference/device-api.md says when purpose %s is", (name) => {
  expect(devicePage).toMatch(new RegExp(`^\\| \`purpose\` \\| .*\`${name}\` (?:at|while) `, "m"));
});

test("docs/reference/device-api.md has a section for each message", () => {
  expect(Object.keys(SECTIONS).toSorted()).toEqual(MESSAGES.map(({ name }) => name).toSorted());
});

test.each(MESSAGES)(
  "docs/reference/device-api.md explains each member of $name in its section",
  ({ name, schema }) => {
    const members = Object.keys(schema.shape).filter((member) => member !== "extensions");
    expect(members.filter((member) => !explains(textOf(name), member))).toEqual([]);
  },
);

test.each([...sectionsOf])(
  "docs/reference/device-api.md explains %s in one section",
  (members, places) => {
    const missing = places.map(({ text }) =>
      members.split(",").filter((member) => !explains(text, member)),
    );
    expect(missing).toContainEqual([]);
  },
);
