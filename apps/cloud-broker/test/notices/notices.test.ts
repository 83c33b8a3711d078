import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { NoticeChannel } from "../../src/config/notice-channels.ts";
import { EVENT_TYPES } from "../../src/core/cloud-event.ts";
import { createSendMail } from "../../src/events/send-mail.ts";
import { SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { AUTHORITY, type MailServer, openMailServer, USER } from "./mail-server.ts";

const OTHER = "00000000-0000-4000-8000-00000000beef";
const TEAMS_URL = "https://teams.example/workflows/SECRET-TEAMS";
const SLACK_URL = "https://slack.example/services/SECRET-SLACK";
const events = [EVENT_TYPES.keyHealthChanged];
const subscriptions = [SUBSCRIPTION];
const CHANNELS: readonly NoticeChannel[] = [
  { kind: "teams", name: "ops-teams", url: TEAMS_URL, events, subscriptions },
  { kind: "slack", name: "ops-slack", url: SLACK_URL, events, subscriptions: "all" },
  { kind: "email", name: "security", to: "security@contoso.example", events, subscriptions },
  {
    kind: "slack",
    name: "approvers",
    url: SLACK_URL,
    events: [EVENT_TYPES.approvalWaiting],
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
async function breakKey(job: string, subscription?: string): Promise<void> {
  await world.prepared(job, subscription);
  world.vaults.setEnabled(world.kid, false);
  world.clock.nowMs += 17 * 60_000;
  await world.broker().watchKeys();
}
const queued = () =>
  world
    .store()
    .selectFrom("webhook_deliveries")
    .select(["url", "body", "attempts"])
    .orderBy("url")
    .execute();
const messageIds = () =>
  server.received.map(({ source }) => /^Message-ID:\s+(\S+)/m.exec(source)?.[1]);

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
    const metrics = await world.broker().metrics.metrics();
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
    const [{ correlationId } = { correlationId: "" }] = await healthRows();
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

test("without configured channels nothing is queued", async () => {
  await using quiet = await openBroker();
  await quiet.prepared("quiet1");
  quiet.vaults.setEnabled(quiet.kid, false);
  quiet.clock.nowMs += 17 * 60_000;
  await quiet.broker().watchKeys();
  const rows = await quiet.store().selectFrom("webhook_deliveries").select("url").execute();
  expect(rows).toEqual([]);
});

async function healthRows(): Promise<readonly { readonly correlationId: string }[]> {
  const rows = await world
    .store()
    .selectFrom("audit")
    .select("row_json")
    .orderBy("sequence", "desc")
    .execute();
  return rows
    .map(({ row_json: json }) => JSON.parse(json) as { action: string; correlationId: string })
    .filter(({ action }) => action === "key/health");
}
