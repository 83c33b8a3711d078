import { LeaseClient } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { NoticeChannel } from "../../src/config/notice-channels.ts";
import { EVENT_TYPES } from "../../src/core/cloud-event.ts";
import { createSendMail } from "../../src/events/send-mail.ts";
import { KEY_NAME, VAULT_NAME } from "../world/customer-vault.ts";
import { API, jobPath, SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { AUTHORITY, type MailServer, openMailServer, USER } from "./mail-server.ts";

const OTHER = "00000000-0000-4000-8000-00000000beef";
const TEAMS_URL = "https://teams.example/workflows/SECRET-TEAMS";
const SLACK_URL = "https://slack.example/services/SECRET-SLACK";
const events = [EVENT_TYPES.keyHealthChanged];
const subscriptions = [SUBSCRIPTION];
const CHANNELS: readonly NoticeChannel[] = [
  { kind: "teams", name: "ops-teams", language: "en", url: TEAMS_URL, events, subscriptions },
  {
    kind: "slack",
    name: "ops-slack",
    language: "en",
    url: SLACK_URL,
    events,
    subscriptions: "all",
  },
  {
    kind: "email",
    name: "security",
    language: "en",
    to: "security@contoso.example",
    events,
    subscriptions,
  },
  {
    kind: "slack",
    name: "approvers",
    language: "en",
    url: SLACK_URL,
    events: [EVENT_TYPES.approvalWaiting],
    subscriptions: "all",
  },
  {
    kind: "teams",
    name: "drills",
    language: "en",
    url: TEAMS_URL,
    events: [EVENT_TYPES.drillFinished],
    subscriptions,
  },
  {
    kind: "teams",
    name: "campaigns",
    language: "en",
    url: TEAMS_URL,
    events: [EVENT_TYPES.campaignFinished],
    subscriptions: "all",
  },
];

let server: MailServer;
let world: BrokerWorld;
let posted: { readonly url: string; readonly headers: object; readonly body: string }[];
let diesAfterMail: boolean;
beforeEach(async () => {
  server = await openMailServer();
  posted = [];
  diesAfterMail = false;
  const smtp = {
    host: "localhost",
    port: server.port,
    security: "starttls",
    from: "cmk@contoso.example",
    ...USER,
  } as const;
  const send = createSendMail(smtp, AUTHORITY.certificatePem, 300_000);
  world = await openBroker({
    notices: {
      channels: CHANNELS,
      async sendMail(mail) {
        const delivery = await send(mail);
        if (diesAfterMail) throw new Error("the process ends here");
        return delivery;
      },
    },
  });
  world.receivers.post = (url, headers, body) => {
    posted.push({ url, headers, body });
    return Promise.resolve({ status: 202 });
  };
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** An order whose key has just become unusable. */
async function breakKey(job: string, subscription?: string, at = world): Promise<void> {
  await at.prepared(job, subscription);
  at.vaults.setEnabled(at.kid, false);
  at.clock.nowMs += 17 * 60_000;
  await at.broker().watchKeys();
}
const queued = () =>
  world
    .store()
    .selectFrom("webhook_deliveries")
    .select(["url", "body", "attempts"])
    .orderBy("url")
    .execute();
const told = async () => (await queued()).map(({ url }) => url);
const messageIds = () =>
  server.received.map(({ source }) => /^Message-ID:\s+(\S+)/m.exec(source)?.[1]);

test("the preview of a loss tells the kinds of the channels that get its event, and counts programs", async () => {
  await using hooked = await openBroker({
    settings: { WEBHOOK_URLS: "https://hook.example/SECRET" },
    notices: { channels: CHANNELS, sendMail: undefined },
  });
  await hooked.prepared("preview");
  const path = `${jobPath("preview")}/revocations/preview?${API}&of=key`;
  const { json } = await hooked.call("GET", path, { claims: { roles: ["Reader"] } });
  const groups = ["teams", "slack", "email"];
  expect(json.told).toEqual({ groups, programs: 1, people: 0 });
});

describe("a message", () => {
  test("goes once to each channel that asks for this kind of event of this subscription", async () => {
    await breakKey("told1");
    await world.broker().deliverEvents();
    await world.broker().deliverEvents();
    expect(posted.map(({ url }) => url).toSorted()).toEqual([SLACK_URL, TEAMS_URL]);
    for (const { headers, body } of posted) {
      expect(headers).toEqual({ "content-type": "application/json" });
      expect(body).toContain("The key of order told1 is unusable");
      expect(body).toContain("/told1/key-health");
    }
    expect(server.received).toMatchObject([
      { to: ["security@contoso.example"], isEncrypted: true },
    ]);
    expect(server.received[0]?.source).toContain("Subject: The key of order told1 is unusable");
    expect(await queued()).toEqual([]);
    const metrics = await world.broker().metrics.registry.metrics();
    for (const receiver of ["teams", "slack", "email"])
      expect(metrics).toContain(
        `databox_event_deliveries_total{receiver="${receiver}",outcome="delivered"} 1`,
      );
  });

  test("about another subscription goes only to channels of all subscriptions", async () => {
    await breakKey("other1", OTHER);
    await world.broker().deliverEvents();
    expect(posted.map(({ url }) => url)).toEqual([SLACK_URL]);
    expect(server.received).toEqual([]);
  });

  test("is queued and logged by the channel's name, never by its secret address", async () => {
    world.receivers.post = () => Promise.resolve({ status: 500 });
    server.refuseWith = 550;
    await breakKey("secret1");
    expect((await queued()).map(({ url }) => url)).toEqual([
      "channel:ops-slack",
      "channel:ops-teams",
      "channel:security",
    ]);
    await world.broker().deliverEvents();
    const lines = world.logLines.filter((line) => line.includes("event not taken"));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ url: "ops-teams", status: 500 }),
        expect.objectContaining({ url: "security", status: 550 }),
      ]),
    );
    const kept = JSON.stringify([world.logLines, await queued()]);
    expect(kept).not.toContain("SECRET");
    expect(kept).not.toContain(USER.password);
    expect(kept).not.toContain("security@contoso.example");
  });

  test("that the mail server did not take is sent again, under the same Message-ID", async () => {
    server.refuseWith = 451;
    await breakKey("later1");
    await world.broker().deliverEvents();
    expect(server.received).toEqual([]);
    server.refuseWith = undefined;
    await world.broker().deliverEvents();
    expect(server.received).toEqual([]); // not before its time
    await world.restart();
    world.clock.nowMs += 5_000;
    await world.broker().deliverEvents();
    const checked = (await world.audit()).filter(({ action }) => action === "key/health");
    const correlationId = String(checked.at(-1)?.["correlationId"]);
    expect(messageIds()).toEqual([`<${correlationId}.security@broker.localhost>`]);
  });

  test("that was handed over when the broker died is sent again under the same Message-ID", async () => {
    await breakKey("died1");
    diesAfterMail = true;
    await expect(world.broker().deliverEvents()).rejects.toThrow("the process ends here");
    expect(server.received).toHaveLength(1);
    await world.restart();
    diesAfterMail = false;
    world.clock.nowMs += 60_000;
    await world.broker().deliverEvents();
    await world.broker().deliverEvents();
    const [first, second, ...others] = messageIds();
    expect(first).toMatch(/^<[0-9a-f-]{36}\.security@broker\.localhost>$/);
    expect(second).toBe(first);
    expect(others).toEqual([]);
    expect(await queued()).toEqual([]);
  });
});

test("a message is in the language that its channel asks for", async () => {
  const ask = { language: "de", events, subscriptions: "all" } as const;
  const channels: readonly NoticeChannel[] = [
    { kind: "teams", name: "teams", url: TEAMS_URL, ...ask },
    { kind: "slack", name: "slack", url: SLACK_URL, ...ask },
    { kind: "email", name: "mail", to: "sicherheit@contoso.example", ...ask },
  ];
  const smtp = { host: "localhost", port: server.port, from: "cmk@contoso.example" } as const;
  const sendMail = createSendMail(
    { ...smtp, security: "starttls", ...USER },
    AUTHORITY.certificatePem,
    300_000,
  );
  await using german = await openBroker({ notices: { channels, sendMail } });
  const bodies: string[] = [];
  german.receivers.post = (_url, _headers, body) => {
    bodies.push(body);
    return Promise.resolve({ status: 202 });
  };
  await breakKey("german1", undefined, german);
  await german.broker().deliverEvents();
  expect(bodies).toHaveLength(2);
  for (const body of bodies) {
    expect(body).toContain("Der Schlüssel des Auftrags german1 ist unbrauchbar");
    expect(body).toContain("Im Portal öffnen");
  }
  // The header is encoded words (RFC 2047), the text quoted-printable with soft breaks (RFC 2045).
  const mail = server.received[0]?.source.replaceAll("=\r\n", "");
  expect(mail).toMatch(/^Subject: =\?UTF-8\?Q\?Der_Schl=C3=BCssel_/m);
  expect(mail).toContain("Wer handeln muss: Sicherheitsadministrator");
  expect(mail).not.toMatch(/Who must act|Next step|Before/);
});

describe("finished work is announced", () => {
  test("of a drill once, when its last node has answered", async () => {
    const holders: LeaseClient[] = [];
    for (const device of await world.deliveredHeavy("drilled1"))
      holders.push(await LeaseClient.unlock(device));
    const [first, second, ...others] = holders;
    if (first === undefined || second === undefined) throw new Error("two nodes are missing");
    expect(others).toEqual([]);
    const startDrill = async () => {
      world.clock.nowMs += 1000;
      await world.call("POST", `${jobPath("drilled1")}/revocationDrill?${API}`);
      const asked = [];
      for (const holder of holders) {
        const drill = String((await holder.renew()).payload["drill"]);
        asked.push(() => holder.receipt({ outcome: "drilled", drill }));
      }
      return asked;
    };
    const [answerFirst, answerSecond] = await startDrill();
    await answerFirst?.();
    expect(await told()).toEqual([]);
    world.clock.nowMs += 1500;
    await answerSecond?.();
    await answerSecond?.();
    expect(await told()).toEqual(["channel:drills"]);
    await world.broker().deliverEvents();
    expect(posted).toHaveLength(1);
    expect(posted[0]?.body).toContain("A revocation drill of order drilled1 has finished");
    expect(posted[0]?.body).toContain("/databox-demo/drilled1/key-health");
    expect(posted[0]?.body).toContain("1.5 s");
    // Nodes that answer at once: neither sees the other's answer before it is committed.
    for (let round = 1; round <= 5; round += 1) {
      const answers = await startDrill();
      await Promise.all(answers.map((answer) => answer()));
      expect(await told()).toEqual(Array.from({ length: round }, () => "channel:drills"));
    }
  });

  test("of a campaign, with its orders and a link for the operator", async () => {
    await world.prepared("moved1");
    world.vaults.rotate(VAULT_NAME, KEY_NAME);
    world.clock.nowMs += 1.2 * 3_600_000;
    await world.broker().pollKeys();
    expect(await world.broker().runCampaigns()).toBe(1);
    await world.broker().runCampaigns();
    expect(await told()).toEqual(["channel:campaigns"]);
    await world.broker().deliverEvents();
    const campaign = await world
      .store()
      .selectFrom("campaigns")
      .select("id")
      .executeTakeFirstOrThrow();
    expect(posted.map(({ url }) => url)).toEqual([TEAMS_URL]);
    expect(posted[0]?.body).toContain("A campaign has finished");
    expect(posted[0]?.body).toContain(`/portal/operator/campaigns/${campaign.id}"`);
  });
});

test("without configured channels nothing is queued", async () => {
  await using quiet = await openBroker();
  await breakKey("quiet1", undefined, quiet);
  const rows = await quiet.store().selectFrom("webhook_deliveries").select("url").execute();
  expect(rows).toEqual([]);
});
