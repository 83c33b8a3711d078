import { randomUUID } from "node:crypto";

import {
  LATER_PERSONAL_EVENTS,
  type NoticeChoices,
  noticeChoices,
  PERSONAL_EVENTS,
} from "@databox-cmk/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createChoiceRoutes } from "../../src/api/portal/notices/choice-routes.ts";
import { createHasAccess, createMaySomewhere } from "../../src/callers/has-access.ts";
import { createHeldRoles, type RoleAssignment } from "../../src/callers/held-roles.ts";
import { EVENT_TYPES } from "../../src/core/cloud-event.ts";
import { ROLES } from "../../src/core/permissions.ts";
import type { Notices } from "../../src/events/open-notices.ts";
import type { Answer, Caller, ServedRoute } from "../../src/http/route.ts";
import type { Store } from "../../src/store/store.ts";
import { openTestStore } from "../store/open-test-store.ts";

const NOW_MS = 1_767_000_000_000;
const [OURS, THEIRS] = [randomUUID(), randomUUID()];
const now = () => NOW_MS;
const HEALTH = EVENT_TYPES.keyHealthChanged;
const APPROVAL = EVENT_TYPES.approvalWaiting;
const person = (name: string, ...roles: string[]): Caller => ({
  objectId: randomUUID(),
  name,
  isPerson: true,
  roles,
});

let store: Store;
let assignments: Map<string, readonly RoleAssignment[]>;
let notices: Notices;
beforeEach(async () => {
  store = await openTestStore(":memory:");
  assignments = new Map();
  const ofChannel = { language: "en", url: "https://SECRET.example" } as const;
  notices = {
    sendMail: () => Promise.resolve({ status: 250 }),
    channels: [
      { kind: "teams", name: "ours", events: [HEALTH], subscriptions: [OURS], ...ofChannel },
      { kind: "slack", name: "theirs", events: [HEALTH], subscriptions: [THEIRS], ...ofChannel },
      {
        kind: "slack",
        name: "fleet",
        events: [EVENT_TYPES.campaignFinished, APPROVAL],
        subscriptions: "all",
        ...ofChannel,
      },
    ],
  };
});
afterEach(() => store.destroy());

function ask(method: "GET" | "PUT", caller: Caller, body = {}, kinds = "any"): Promise<Answer> {
  const roles = {
    roleAssignments: (id: string) =>
      Promise.resolve({ ok: true as const, value: assignments.get(id) ?? [] }),
  };
  const routes: readonly ServedRoute[] = createChoiceRoutes({
    store,
    hasAccess: createHasAccess(roles, () => Promise.resolve(undefined), now),
    maySomewhere: createMaySomewhere(createHeldRoles(roles, now)),
    notices,
    now,
  });
  const route = routes.find((each) => each.method === method);
  // These handlers read nothing else of a request.
  const { handle } = route as { handle: (request: unknown) => Promise<Answer> };
  const query = new URLSearchParams([
    ["kinds", kinds],
    ["subscriptionId", OURS],
    ["subscriptionId", THEIRS],
  ]);
  return handle({ caller, query, body });
}
async function read(caller: Caller, kinds = "any"): Promise<NoticeChoices> {
  const { body } = await ask("GET", caller, {}, kinds);
  return noticeChoices.parse(body !== undefined && "json" in body ? body.json : undefined);
}
const kindOf = async (caller: Caller, type: string) =>
  (await read(caller)).kinds.find((kind) => kind.type === type);
const assign = ({ objectId }: Caller, role: "Reader" | "Owner", subscription: string) => {
  assignments.set(objectId, [
    { roleDefinitionId: ROLES[role].definition, scope: `/subscriptions/${subscription}` },
  ]);
};
const stored = () =>
  store
    .selectFrom("notice_people")
    .innerJoin("notice_choices", "notice_choices.object_id", "notice_people.object_id")
    .select(["address", "language", "subscription_id", "event_type"])
    .execute();

test("a person sees the channels of groups by name, only where they may read", async () => {
  const reader = person("ren@contoso.example", `DataBoxReader:${OURS}`);
  expect((await kindOf(reader, HEALTH))?.channels).toEqual([{ name: "ours", kind: "teams" }]);
  expect((await kindOf(reader, APPROVAL))?.channels).toEqual([]);
  expect(await kindOf(reader, EVENT_TYPES.campaignFinished)).toBeUndefined();
  expect(JSON.stringify(await read(reader))).not.toContain("SECRET");
  expect(
    await kindOf(person("op@databox.example", "DataBox.Operator"), EVENT_TYPES.campaignFinished),
  ).toMatchObject({ channels: [{ name: "fleet", kind: "slack" }], allowedIn: [] });
});

test("e-mail is offered where a role assignment allows it, and not by a role of the token", async () => {
  const byToken = person("ada@contoso.example", `Owner:${OURS}`);
  expect(await kindOf(byToken, HEALTH)).toMatchObject({ allowedIn: [], signedInOnly: [OURS] });
  const assigned = person("ren@contoso.example");
  assign(assigned, "Reader", OURS);
  expect(await kindOf(assigned, HEALTH)).toMatchObject({ allowedIn: [OURS], signedInOnly: [] });
  expect((await kindOf(assigned, APPROVAL))?.allowedIn).toEqual([]);
});

test.each([
  ["a resource group", "/resourceGroups/group", [OURS]],
  ["an order", "/resourceGroups/group/providers/Microsoft.DataBox/jobs/mine", [OURS]],
  ["a vault", "/resourceGroups/group/providers/Microsoft.KeyVault/vaults/keys", []],
])(
  "a role at %s of a subscription allows e-mail where it covers orders",
  async (_name, at, allowedIn) => {
    const reader = person("ren@contoso.example");
    assign(reader, "Reader", `${OURS}${at}`);
    expect(await kindOf(reader, HEALTH)).toMatchObject({ allowedIn, signedInOnly: [] });
    expect((await kindOf(reader, APPROVAL))?.allowedIn).toEqual([]);
  },
);

test("a choice is kept with the address of the sign-in, replaced as a whole, and forgotten", async () => {
  const ada = person("ada@contoso.example");
  assign(ada, "Owner", OURS);
  const kinds = [{ type: HEALTH, chosenIn: [OURS.toUpperCase(), OURS] }];
  expect((await ask("PUT", ada, { language: "de", kinds })).status).toBe(204);
  const row = { address: "ada@contoso.example", language: "de", subscription_id: OURS };
  expect(await stored()).toEqual([{ ...row, event_type: HEALTH }]);
  expect(await read(ada)).toMatchObject({ address: "ada@contoso.example", language: "de" });
  expect((await kindOf(ada, HEALTH))?.chosenIn).toEqual([OURS]);
  await ask("PUT", ada, { language: "de", kinds: [{ type: APPROVAL, chosenIn: [OURS] }] });
  expect(await stored()).toEqual([{ ...row, event_type: APPROVAL }]);
  expect((await kindOf(person("ben@contoso.example"), APPROVAL))?.chosenIn).toEqual([]);
  await ask("PUT", ada, { language: "en", kinds: [] });
  expect(await stored()).toEqual([]);
});

test("a page that does not say that it reads any kind sees and changes the first five", async () => {
  const ada = person("ada@contoso.example", "DataBox.Operator");
  const { kinds } = await read(ada);
  const later: readonly string[] = LATER_PERSONAL_EVENTS;
  expect((await read(ada, "")).kinds).toEqual(kinds.filter(({ type }) => !later.includes(type)));
  const choose = (types: readonly string[], chosenIn: readonly string[], language = "en") =>
    ask("PUT", ada, { language, kinds: types.map((type) => ({ type, chosenIn })) });
  const storedKinds = async () => (await stored()).map((row) => row.event_type).toSorted();
  await choose(PERSONAL_EVENTS, [OURS]);
  const first = PERSONAL_EVENTS.filter((type) => !later.includes(type));
  await choose(first, [], "de");
  expect(await storedKinds()).toEqual(later.toSorted());
  expect((await read(ada)).language).toBe("de");
  await choose(first, [OURS]);
  expect(await storedKinds()).toEqual(PERSONAL_EVENTS.toSorted());
  await choose(later, []);
  expect(await stored()).toEqual([]);
});

test("choices of later kinds go too when the sign-in no longer names a mailbox", async () => {
  const ada = person("ada@contoso.example");
  const kinds = LATER_PERSONAL_EVENTS.map((type) => ({ type, chosenIn: [OURS] }));
  await ask("PUT", ada, { language: "en", kinds });
  expect(await stored()).toHaveLength(3);
  await ask("PUT", { ...ada, name: "ada" }, { language: "en", kinds: [] });
  expect(await stored()).toEqual([]);
});

test.each([
  ["an address", { address: "eve@evil.example" }],
  ["an unknown kind", { kinds: [{ type: "SECRET", chosenIn: [OURS] }] }],
  ["a campaign's end", { kinds: [{ type: EVENT_TYPES.campaignFinished, chosenIn: [OURS] }] }],
  ["a subscription that is not an id", { kinds: [{ type: HEALTH, chosenIn: ["ours"] }] }],
  ["a kind twice", { kinds: [HEALTH, HEALTH].map((type) => ({ type, chosenIn: [OURS] })) }],
  ["an unknown language", { language: "fr" }],
])("a choice with %s is refused", async (_name, change) => {
  const body = { language: "en", kinds: [], ...change };
  await expect(ask("PUT", person("ada@contoso.example"), body)).rejects.toMatchObject({
    code: "InvalidRequestContent",
  });
  expect(await stored()).toEqual([]);
});

test("nothing is kept for a person whose sign-in names no mailbox, or without a mail server", async () => {
  const kinds = [{ type: HEALTH, chosenIn: [OURS] }];
  for (const name of [
    "ada",
    "ada_contoso.example#EXT#@tenant.example",
    "a@b.example,c@d.example",
  ]) {
    const guest = person(name);
    expect(await read(guest)).toMatchObject({ address: undefined });
    await expect(ask("PUT", guest, { language: "en", kinds })).rejects.toMatchObject({
      code: "InvalidRequestContent",
    });
  }
  notices = { ...notices, sendMail: undefined };
  const ada = person("ada@contoso.example");
  expect(await read(ada)).toMatchObject({ hasMailServer: false });
  await expect(ask("PUT", ada, { language: "en", kinds })).rejects.toMatchObject({
    code: "InvalidRequestContent",
  });
  expect((await ask("PUT", ada, { language: "en", kinds: [] })).status).toBe(204);
  expect(await stored()).toEqual([]);
});
