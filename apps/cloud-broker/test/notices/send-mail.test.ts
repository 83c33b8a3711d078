// @module-tag one-engine

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

import { afterEach, expect, test } from "vitest";

import type { SmtpSettings } from "../../src/config/notice-channels.ts";
import { createSendMail } from "../../src/events/send-mail.ts";
import { answerNames, WRONG_NAMES } from "../world/answer-names.ts";
import { AUTHORITY, type MailServer, openMailServer, USER } from "./mail-server.ts";

/** Far above what a busy machine takes. */
const PATIENCE_MS = 300_000;
const MAIL = {
  to: "security@contoso.example",
  subject: "The key of order atlas is unusable",
  text: "Order: atlas\nWho must act: Security administrator\n",
  messageId: "<1.security@broker.example>",
};

let server: MailServer | undefined;
afterEach(() => server?.[Symbol.asyncDispose]());

const settings = (security: SmtpSettings["security"]): SmtpSettings => ({
  host: "localhost",
  port: server?.port ?? 0,
  security,
  from: "cmk@contoso.example",
  ...USER,
});
const sender = (security: SmtpSettings["security"], caPem: string | undefined) =>
  createSendMail(settings(security), caPem, PATIENCE_MS);

test.each([
  ["tls", { secure: true }],
  ["starttls", {}],
] as const)(
  "an e-mail is handed over by %s, with its own Message-ID",
  async (security, options) => {
    server = await openMailServer(options);
    const send = sender(security, AUTHORITY.certificatePem);
    expect(await send(MAIL)).toEqual({ status: 250 });
    expect(server.received).toMatchObject([
      { from: "cmk@contoso.example", to: [MAIL.to], isEncrypted: true, user: USER.user },
    ]);
    const [head = "", body = ""] = server.received[0]?.source.split("\r\n\r\n") ?? [];
    const headers = head.split("\r\n");
    expect(headers).toContain(`Message-ID: ${MAIL.messageId}`);
    expect(headers).toContain(`Subject: ${MAIL.subject}`);
    expect(headers).toContain(`To: ${MAIL.to}`);
    expect(headers).toContain("Auto-Submitted: auto-generated");
    expect(body.trim().split("\r\n")).toEqual(MAIL.text.trim().split("\n"));
  },
);

test("a text that looks like a header or a file stays a text", async () => {
  server = await openMailServer();
  const send = sender("starttls", AUTHORITY.certificatePem);
  await send({ ...MAIL, subject: "a\r\nBcc: other@contoso.example", text: "/etc/passwd" });
  const [mail] = server.received;
  expect(mail?.to).toEqual([MAIL.to]);
  expect(mail?.source).not.toMatch(/^Bcc:/m);
  expect(mail?.source).toContain("/etc/passwd");
});

test("a server without TLS gets neither password nor message", async () => {
  server = await openMailServer({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true });
  const sent = await sender("starttls", AUTHORITY.certificatePem)(MAIL);
  expect(sent.status ?? 500).toBeGreaterThan(299);
  expect(server.logins).toEqual([]);
  expect(server.received).toEqual([]);
});

test("a server without a trusted certificate gets neither password nor message", async () => {
  server = await openMailServer();
  expect(await sender("starttls", undefined)(MAIL)).toEqual({ status: undefined });
  expect(server.logins).toEqual([]);
  expect(server.received).toEqual([]);
});

test.each([421, 451, 550])(
  "a refusal by %i is named, and the next mail is sent",
  async (status) => {
    server = await openMailServer();
    const send = sender("starttls", AUTHORITY.certificatePem);
    server.refuseWith = status;
    expect(await send(MAIL)).toEqual({ status });
    server.refuseWith = undefined;
    expect(await send(MAIL)).toEqual({ status: 250 });
  },
);

test.each(["tls", "starttls"] as const)(
  "a wrong answer of the name server costs one try: the next mail by %s is sent",
  async (security) => {
    server = await openMailServer({ secure: security === "tls" });
    const send = sender(security, AUTHORITY.certificatePem);
    for (const wrong of WRONG_NAMES) {
      const names = answerNames(wrong);
      expect(await send(MAIL)).toEqual({ status: undefined });
      names.mockRestore();
      expect(await send(MAIL)).toEqual({ status: 250 });
    }
  },
);

test("a wrong password is named by its status", async () => {
  server = await openMailServer();
  const wrong = { ...settings("starttls"), password: "wrong" };
  const send = createSendMail(wrong, AUTHORITY.certificatePem, PATIENCE_MS);
  expect(await send(MAIL)).toEqual({ status: 535 });
  expect(server.received).toEqual([]);
});

test("a server that never greets is given up after the time limit", async () => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const send = createSendMail({ ...settings("starttls"), port }, undefined, 100);
  expect(await send(MAIL)).toEqual({ status: undefined });
  silent.close();
});
