import { randomUUID } from "node:crypto";

import { PERSONAL_EVENTS } from "@databox-cmk/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";

import { writeChoices } from "../../src/api/portal/notices/choice-routes.ts";
import { EVENT_TYPES } from "../../src/core/cloud-event.ts";
import { NOTICE_RIGHTS } from "../../src/core/notice-message.ts";
import { ROLES } from "../../src/core/permissions.ts";
import { createPersonReceivers } from "../../src/events/person-receivers.ts";
import type { Mail } from "../../src/events/send-mail.ts";
import { API, GROUP, jobPath, SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const OTHER = "00000000-0000-4000-8000-00000000beef";

let world: BrokerWorld;
let sent: Mail[];
beforeEach(async () => {
  sent = [];
  world = await openBroker({
    notices: {
      channels: [],
      sendMail: (mail) => {
        sent.push(mail);
        return Promise.resolve({ status: 250 });
      },
    },
  });
});
afterEach(() => world[Symbol.asyncDispose]());

/** A person with a role at this scope, who chose events of key health of this subscription. */
async function choose(
  name: string,
  {
    scope = `/subscriptions/${SUBSCRIPTION}`,
    subscription = SUBSCRIPTION,
    type = EVENT_TYPES.keyHealthChanged,
    language = "en",
    role = "Reader",
  }: {
    scope?: string;
    subscription?: string;
    type?: (typeof PERSONAL_EVENTS)[number];
    language?: "en" | "de";
    role?: "Reader" | "Owner";
  } = {},
): Promise<string> {
  const objectId = randomUUID();
  world.assignments.set(objectId, [{ roleDefinitionId: ROLES[role].definition, scope }]);
  await writeChoices(
    world.store(),
    { objectId, address: `${name}@contoso.example`, nowMs: world.clock.nowMs },
    { language, kinds: [{ type, chosenIn: [subscription] }] },
  );
  return objectId;
}
async function breakKey(job: string): Promise<void> {
  await world.prepared(job);
  world.vaults.setEnabled(world.kid, false);
  world.clock.nowMs += 17 * 60_000;
  await world.broker().watchKeys();
}
const queued = () =>
  world.store().selectFrom("webhook_deliveries").select(["url", "attempts"]).execute();

test("a person gets what they chose once, at their own address and in their language", async () => {
  const ada = await choose("ada", { language: "de" });
  await choose("other-kind", { type: EVENT_TYPES.drillFinished });
  await choose("other-subscription", { subscription: OTHER });
  await breakKey("mine1");
  expect(await queued()).toEqual([{ url: `person:${ada}`, attempts: 0 }]);
  await world.broker().deliverEvents();
  await world.broker().deliverEvents();
  expect(sent).toMatchObject([
    {
      to: "ada@contoso.example",
      subject: "Der Schlüssel des Auftrags mine1 ist unbrauchbar",
      messageId: expect.stringMatching(new RegExp(`^<[0-9a-f-]{36}\\.${ada}@broker\\.localhost>$`)),
    },
  ]);
  expect(await queued()).toEqual([]);
});

test("a person whose role does not cover the order gets nothing, although they chose it", async () => {
  await choose("elsewhere", { scope: `/subscriptions/${SUBSCRIPTION}/resourceGroups/another` });
  const none = await choose("none");
  world.assignments.delete(none);
  await breakKey("not-theirs1");
  await world.broker().deliverEvents();
  expect(sent).toEqual([]);
  expect(await queued()).toEqual([]);
});

test("a kill switch over all orders reaches people with a right in the subscription they chose", async () => {
  const type = EVENT_TYPES.accessRevoked;
  await choose("ada", { type });
  await choose("elsewhere", { type, scope: `/subscriptions/${OTHER}` });
  const revoked = await world.call("POST", "/operator/v1/revoke", {
    body: { scope: { kind: "fleet" }, reason: "attack" },
    claims: { roles: ["DataBox.Operator"] },
  });
  expect(revoked.status).toBe(200);
  await world.broker().deliverEvents();
  expect(sent).toMatchObject([
    { to: "ada@contoso.example", subject: "Unlocking of all orders was revoked" },
  ]);
});

test("a person whose role is at the order's resource group gets e-mails of its orders", async () => {
  await choose("ada", { scope: `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}` });
  await breakKey("group1");
  await world.broker().deliverEvents();
  expect(sent).toMatchObject([{ to: "ada@contoso.example" }]);
});

test("only approvers whom the policy names get an e-mail about a request, while it waits for them", async () => {
  const as = { type: EVENT_TYPES.approvalWaiting, role: "Owner" } as const;
  const named = await choose("named", as);
  await choose("other", as);
  const device = await world.delivered("guarded1");
  const policy = await world.call("PUT", `${jobPath("guarded1")}/unlockPolicy?${API}`, {
    body: {
      outageGrace: "P1D",
      leaseTtlSeconds: 60,
      offline: { allowed: true, lease: { kind: "boots", boots: 1 } },
      release: {
        windows: [],
        approvals: { required: 1, approvers: [named], expiresAfterSeconds: 3600 },
        breakGlass: false,
      },
    },
  });
  expect(policy.status).toBe(200);
  await device.sendUnlock(await device.prepareUnlock("unlock"));
  expect(await queued()).toHaveLength(2);
  await world.broker().deliverEvents();
  expect(sent).toMatchObject([{ to: "named@contoso.example" }]);
  await device.sendUnlock(await device.prepareUnlock("unlock"));
  expect(await queued()).toHaveLength(2);
  await world
    .store()
    .updateTable("approvals")
    .set({ state: "rejected" })
    .where("state", "=", "open")
    .execute();
  await world.broker().deliverEvents();
  expect(sent).toHaveLength(1);
  expect(await queued()).toEqual([]);
});

test("a person who lost the right after the event is not told of it", async () => {
  const ada = await choose("ada");
  await breakKey("lost1");
  expect(await queued()).toHaveLength(1);
  world.assignments.delete(ada);
  world.clock.nowMs += 31_000; // as old as a role may be
  await world.broker().deliverEvents();
  expect(sent).toEqual([]);
  expect(await queued()).toEqual([]);
});

test("a person who withdrew the choice after the event is not told of it", async () => {
  const ada = await choose("ada");
  await breakKey("withdrawn1");
  const person = { objectId: ada, address: "", nowMs: world.clock.nowMs };
  await writeChoices(world.store(), person, { language: "en", kinds: [] });
  await world.broker().deliverEvents();
  expect(sent).toEqual([]);
  expect(await queued()).toEqual([]);
  const people = await world.store().selectFrom("notice_people").select("address").execute();
  expect(people).toEqual([]);
});

test("while roles cannot be read, an e-mail waits and is not dropped", async () => {
  const ada = await choose("ada");
  await breakKey("outage1");
  const { body } = await world
    .store()
    .selectFrom("webhook_deliveries")
    .select("body")
    .executeTakeFirstOrThrow();
  const people = createPersonReceivers({
    store: world.store(),
    stillWaits: () => Promise.resolve(true),
    stillMay: () => Promise.resolve({ ok: false, failure: { code: "ResourceManagerUnreachable" } }),
    sendMail: () => Promise.reject(new Error("not allowed to be sent")),
    portalUrl: "https://broker.localhost",
  });
  expect(await people.find(`person:${ada}`)?.send({ id: "1", body })).toEqual({
    status: undefined,
  });
});

test("without a mail server nothing is queued for people", async () => {
  await choose("ada");
  await using quiet = await openBroker();
  await writeChoices(
    quiet.store(),
    { objectId: randomUUID(), address: "ada@contoso.example", nowMs: quiet.clock.nowMs },
    {
      language: "en",
      kinds: [{ type: EVENT_TYPES.keyHealthChanged, chosenIn: [SUBSCRIPTION] }],
    },
  );
  await quiet.prepared("quiet1");
  quiet.vaults.setEnabled(quiet.kid, false);
  quiet.clock.nowMs += 17 * 60_000;
  await quiet.broker().watchKeys();
  const rows = await quiet.store().selectFrom("webhook_deliveries").select("url").execute();
  expect(rows).toEqual([]);
});

test("every kind that a page offers has a right of its own", () => {
  expect(Object.keys(NOTICE_RIGHTS).toSorted()).toEqual([...PERSONAL_EVENTS].toSorted());
});
