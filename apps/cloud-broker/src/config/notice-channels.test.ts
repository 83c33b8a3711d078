import { AppError } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { parseNoticeChannels } from "./notice-channels.ts";

const TYPE = "com.databox-cmk.approval.waiting";
const OF_CAMPAIGNS = { events: ["com.databox-cmk.campaign.finished"] };
const teams = {
  kind: "teams",
  name: "ops",
  url: "https://prod.example.com/workflows/SECRET?sig=SECRET",
  events: [TYPE],
  subscriptions: "all",
};
const email = {
  kind: "email",
  name: "mail",
  to: "security@contoso.example",
  language: "de",
  events: [TYPE],
  subscriptions: ["00000000-0000-4000-8000-0000000000A1"],
};
const smtp = {
  host: "mail.contoso.example",
  port: 587,
  security: "starttls",
  from: "cmk@a.example",
};
const parse = (file: unknown) => parseNoticeChannels(JSON.stringify(file));

test("channels and the mail server are read", () => {
  const read = parse({ smtp, channels: [teams, email] });
  expect(read.smtp).toEqual(smtp);
  expect(read.channels).toEqual([
    { ...teams, language: "en" },
    { ...email, language: "de", subscriptions: ["00000000-0000-4000-8000-0000000000a1"] },
  ]);
  expect(parse({ channels: [] })).toEqual({ channels: [] });
  expect(parse({ channels: [{ ...teams, ...OF_CAMPAIGNS }] }).channels).toHaveLength(1);
  for (const host of ["127.0.0.1", "::1", "localhost"])
    expect(parse({ smtp: { ...smtp, host, security: "off" }, channels: [] }).smtp?.host).toBe(host);
});

test.each([
  ["a channel without TLS", { channels: [{ ...teams, url: "http://SECRET.example" }] }, "url"],
  ["a channel with a password", { channels: [{ ...teams, url: "https://a:SECRET@b" }] }, "url"],
  ["an unknown kind of channel", { channels: [{ ...teams, kind: "SECRET" }] }, "kind"],
  ["no kind of event", { channels: [{ ...teams, events: [] }] }, "events"],
  ["an unknown kind of event", { channels: [{ ...teams, events: ["SECRET"] }] }, "events"],
  ["no subscription", { channels: [{ ...teams, subscriptions: [] }] }, "subscriptions"],
  [
    "a campaign's end for some subscriptions only",
    { channels: [{ ...teams, ...OF_CAMPAIGNS, subscriptions: email.subscriptions }] },
    "channels.0.subscriptions",
  ],
  ["an unknown language", { channels: [{ ...teams, language: "SECRET" }] }, "language"],
  ["an unknown member", { channels: [{ ...teams, secret: "SECRET" }] }, "channels.0"],
  ["two channels of one name", { channels: [teams, teams] }, "channels"],
  ["an e-mail channel without a mail server", { channels: [email] }, "smtp"],
  ["several recipients", { smtp, channels: [{ ...email, to: "a@b.example,c@d.example" }] }, "to"],
  ["a header in an address", { smtp, channels: [{ ...email, to: "a@b.example\nBcc: c" }] }, "to"],
  ["a mail server without TLS", { smtp: { ...smtp, security: "off" }, channels: [] }, "security"],
  ["a user without a password", { smtp: { ...smtp, user: "SECRET" }, channels: [] }, "password"],
])("%s is refused by the name of the member, without its value", (_what, file, member) => {
  const failure = failureOf(() => parse(file));
  expect(failure).toMatchObject({ code: "Misuse", detail: expect.stringContaining(member) });
  expect(JSON.stringify(failure) + String(failure)).not.toContain("SECRET");
});

test("a file that is not JSON is refused without its text", () => {
  const failure = failureOf(() => parseNoticeChannels("SECRET{"));
  expect(failure).toMatchObject({ code: "Misuse", detail: "NOTICE_CHANNELS_FILE is not JSON" });
  expect(failure.cause).toBeUndefined();
});

function failureOf(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("accepted");
}
