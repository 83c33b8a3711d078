import { createTranslator, GERMAN } from "@databox-cmk/errors";
import { describe, expect, test } from "vitest";

import { EVENT_TYPES, renderCloudEvent, type EventType } from "./cloud-event.ts";
import { nextStepOfHealth } from "./key-health.ts";
import { createDescribeEvent, readSubject } from "./notice-message.ts";
import germanTexts from "./notice-texts-de.json" with { type: "json" };
import * as texts from "./notice-texts.ts";
import type { NoticeLanguage } from "./notice-texts.ts";
import { orderIdOf } from "./order.ts";
import { renderMail, renderSlackMessage, renderTeamsMessage } from "./render-notice.ts";

const PORTAL = "https://broker.example";
const SUBSCRIPTION = "00000000-0000-4000-8000-0000000000a1";
const order = orderIdOf({ subscriptionId: SUBSCRIPTION, resourceGroup: "rg(1)", name: "atlas" });
const KID = "https://contoso.vault.azure.net/keys/atlas/0123456789abcdef0123456789abcdef";
/** Typed texts and names of people stay in the service. */
const PRIVATE = { reason: "SECRET-REASON", by: "SECRET-PERSON", approvalId: "SECRET-ID" };

const tell = (type: EventType, data: object, language: NoticeLanguage = "en") =>
  createDescribeEvent(
    language,
    PORTAL,
  )(
    renderCloudEvent({
      id: "1",
      source: PORTAL,
      ...(type === EVENT_TYPES.campaignFinished
        ? { type, campaign: "campaign-1" }
        : { type, order }),
      atMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      data: { ...PRIVATE, ...data },
    }),
  );

const unusable = tell(EVENT_TYPES.keyHealthChanged, {
  kid: KID,
  before: { state: "healthy" },
  after: { state: "unusable", code: "SsemUserErrorEncryptionKeyDisabled" },
  nextStep: {
    who: "security-administrator",
    text: "Enable the key.",
    command: "az SECRET-COMMAND",
  },
});

test("a key that became unusable is announced with order, key, code, who must act, and the page", () => {
  expect(unusable).toEqual({
    title: "The key of order atlas is unusable",
    facts: [
      { name: "Order", text: "atlas" },
      { name: "Key", text: KID },
      { name: "Before", text: "healthy" },
      { name: "Now", text: "unusable" },
      { name: "Code", text: "SsemUserErrorEncryptionKeyDisabled" },
      { name: "Who must act", text: "Security administrator" },
      { name: "Next step", text: "Enable the key." },
      { name: "Time", text: "2026-01-02T03:04:05.000Z" },
    ],
    link: `${PORTAL}/portal/orders/${SUBSCRIPTION}/rg(1)/atlas/key-health`,
    linkText: "Open in the portal",
  });
});

test.each([
  [
    EVENT_TYPES.approvalWaiting,
    { serial: "DBX-1", required: 2, expiresAt: "2026-01-02T04:04:05.000Z" },
    "An approval of order atlas is waiting",
    { Node: "DBX-1", "Approvals needed": "2", "Who must act": "Approvers of the order" },
  ],
  [
    EVENT_TYPES.approvalDecided,
    { serial: "DBX-1", decision: "rejected" },
    "A request of order atlas was rejected",
    { "Who must act": "Nobody" },
  ],
  [
    EVENT_TYPES.breakGlass,
    { expiresAt: "2026-01-02T04:04:05.000Z" },
    "Emergency access to order atlas is active",
    { Expires: "2026-01-02T04:04:05.000Z", "Who must act": "Order owner" },
  ],
  [
    EVENT_TYPES.emergencyUsed,
    { serial: "DBX-1" },
    "Emergency access to order atlas was used",
    { Node: "DBX-1", "Who must act": "Order owner" },
  ],
  [
    EVENT_TYPES.drillFinished,
    { nodes: 2, elapsedMs: 1500, startedAt: "2026-01-02T03:04:03.500Z" },
    "A revocation drill of order atlas has finished",
    { Nodes: "2", "Last answer after": "1.5 s", "Who must act": "Nobody" },
  ],
  [
    EVENT_TYPES.campaignFinished,
    { orders: 12, failed: 0, dryRun: true },
    "A dry run has finished",
    { Orders: "12", Failed: "0" },
  ],
  [
    EVENT_TYPES.keyHealthChanged,
    {
      before: { state: "unknown" },
      after: { state: "at-risk", risks: [{ risk: "expires-soon" }] },
    },
    "The key of order atlas is at risk",
    { Before: "not checked yet", Now: "at risk", Risks: "The key expires soon" },
  ],
] as const)(
  "%s is announced in plain words, without the text that a person typed",
  (type, data, title, facts) => {
    const message = tell(type, data);
    expect(message.title).toBe(title);
    expect(Object.fromEntries(message.facts.map(({ name, text }) => [name, text]))).toMatchObject(
      facts,
    );
    for (const text of [
      renderTeamsMessage(message),
      renderSlackMessage(message),
      JSON.stringify(renderMail(message)),
    ])
      expect(text).not.toContain("SECRET");
  },
);

test.each(["*", SUBSCRIPTION])("a kill switch over many orders (%s) names none of them", (over) => {
  const body = renderCloudEvent({
    id: "1",
    source: PORTAL,
    type: EVENT_TYPES.accessRevoked,
    subscription: over,
    atMs: 0,
    data: PRIVATE,
  });
  expect(readSubject(body)).toEqual({ type: EVENT_TYPES.accessRevoked, subscription: over });
  const { title, facts, link } = createDescribeEvent("en", PORTAL)(body);
  expect(title).toBe("Unlocking of all orders was revoked");
  expect(facts.map(({ text }) => text)).toEqual([
    ...(over === "*" ? [] : [SUBSCRIPTION]),
    "1970-01-01T00:00:00.000Z",
  ]);
  expect(link).toBe(`${PORTAL}/portal/orders`);
});

const german = (type: EventType, data: object) => {
  const { title, facts, linkText } = tell(type, data, "de");
  return { title, linkText, ...Object.fromEntries(facts.map(({ name, text }) => [name, text])) };
};

describe("in German", () => {
  test("a key that became unusable is announced with order, key, code, who must act, and the step", () => {
    const nextStep = nextStepOfHealth(
      { state: "unusable", code: "SsemUserErrorEncryptionKeyDisabled", facts: {} },
      { keyName: "atlas", vaultName: "contoso" },
    );
    expect(
      german(EVENT_TYPES.keyHealthChanged, {
        kid: KID,
        before: { state: "healthy" },
        after: { state: "unusable", code: "SsemUserErrorEncryptionKeyDisabled" },
        nextStep,
      }),
    ).toEqual({
      title: "Der Schlüssel des Auftrags atlas ist unbrauchbar",
      Auftrag: "atlas",
      Schlüssel: KID,
      Vorher: "in Ordnung",
      Jetzt: "unbrauchbar",
      Code: "SsemUserErrorEncryptionKeyDisabled",
      "Wer handeln muss": "Sicherheitsadministrator",
      "Nächster Schritt": expect.stringContaining("Schlüssel"),
      Zeit: "2026-01-02T03:04:05.000Z",
      linkText: "Im Portal öffnen",
    });
  });

  test.each([
    [
      EVENT_TYPES.approvalWaiting,
      { serial: "DBX-1", required: 2 },
      { title: "Eine Genehmigung des Auftrags atlas steht aus", "Nötige Genehmigungen": "2" },
    ],
    [
      EVENT_TYPES.approvalDecided,
      { decision: "rejected" },
      { title: "Eine Anfrage des Auftrags atlas wurde abgelehnt", "Wer handeln muss": "Niemand" },
    ],
    [EVENT_TYPES.breakGlass, {}, { title: "Der Notzugriff auf Auftrag atlas ist aktiv" }],
    [
      EVENT_TYPES.drillFinished,
      { nodes: 2, elapsedMs: 1500 },
      {
        title: "Eine Widerrufsübung des Auftrags atlas ist beendet",
        Knoten: "2",
        "Letzte Antwort nach": "1,5 s",
      },
    ],
    [
      EVENT_TYPES.campaignFinished,
      { orders: 12, failed: 1, dryRun: false },
      { title: "Eine Kampagne ist beendet", Aufträge: "12", Fehlgeschlagen: "1" },
    ],
    [EVENT_TYPES.campaignFinished, { dryRun: true }, { title: "Ein Probelauf ist beendet" }],
    [
      EVENT_TYPES.keyHealthChanged,
      { after: { state: "at-risk", risks: [{ risk: "soft-delete" }] } },
      { Jetzt: "gefährdet", Risiken: "Der Tresor hat kein vorläufiges Löschen" },
    ],
  ] as const)("%s %j is told", (type, data, expected) => {
    expect(german(type, data)).toMatchObject(expected);
  });

  test.each([
    { state: "unknown" },
    { state: "healthy" },
    { state: "at-risk", risks: [{ risk: "soft-delete" }] },
    { state: "at-risk", risks: [{ risk: "expires-soon" }] },
    { state: "unusable", code: "SsemUserErrorEncryptionKeyDisabled", facts: {} },
  ] as const)("the step of a key that is $state is German", (health) => {
    const step = nextStepOfHealth(health, { keyName: "k1", vaultName: "kv" });
    const parts = createTranslator(GERMAN)(step.text);
    expect(parts.filter(({ lang }) => lang !== undefined)).toEqual([]);
    expect(german(EVENT_TYPES.keyHealthChanged, { nextStep: step })).toMatchObject({
      "Nächster Schritt": parts.map(({ text }) => text).join(""),
    });
  });
});

const namesToFill = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

test("every text is there in both languages, with the same names to fill", () => {
  const { NOTICE_LANGUAGES: _, ...tables } = texts;
  const used = Object.values(tables).flatMap((table) =>
    typeof table === "string" ? [table] : Object.values(table),
  );
  expect(new Set(Object.keys(germanTexts))).toEqual(new Set(used));
  for (const [english, inGerman] of Object.entries(germanTexts)) {
    expect(inGerman).not.toBe("");
    expect(namesToFill(inGerman)).toEqual(namesToFill(english));
  }
});

test("every kind of event has a message with a link to a page of the portal", () => {
  for (const type of Object.values(EVENT_TYPES))
    expect(tell(type, {}).link).toMatch(
      /^https:\/\/broker\.example\/portal\/(?:orders\/.*\/(?:key-health|approvals|unlock-policy)|operator\/campaigns\/campaign-1)$/,
    );
});

test("a change is announced without a node, since it names a member of the API in its place", () => {
  const { facts } = tell(EVENT_TYPES.approvalWaiting, { serial: "unlockPolicy/", required: 1 });
  expect(facts.map(({ name }) => name)).not.toContain("Node");
});

test("Teams gets an Adaptive Card whose texts are not Markdown", () => {
  const card = JSON.parse(
    renderTeamsMessage({ ...unusable, title: "[a](https://evil.example) *b*" }),
  ) as unknown;
  expect(card).toMatchObject({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          type: "AdaptiveCard",
          body: [
            { type: "TextBlock", text: String.raw`\[a\]\(https://evil.example\) \*b\*` },
            { type: "FactSet" },
          ],
          actions: [{ type: "Action.OpenUrl", url: unusable.link }],
        },
      },
    ],
  });
});

test("Slack gets blocks within its limits, in which a name does not mention a person", () => {
  const facts = Array.from({ length: 12 }, (_, index) => ({
    name: String(index),
    text: "x".repeat(3000),
  }));
  const { text, blocks } = JSON.parse(
    renderSlackMessage({ ...unusable, title: `<!channel> & ${"y".repeat(200)}`, facts }),
  );
  expect(text).toMatch(/^&lt;!channel&gt; &amp; y/);
  const [header, first, second, link] = blocks;
  expect(header).toMatchObject({ type: "header", text: { type: "plain_text" } });
  expect(header.text.text).toHaveLength(150);
  expect([first.fields.length, second.fields.length]).toEqual([10, 2]);
  for (const field of [...first.fields, ...second.fields]) {
    expect(field.type).toBe("plain_text");
    expect(field.text).toHaveLength(2000);
  }
  expect(link.text).toEqual({ type: "mrkdwn", text: `<${unusable.link}|Open in the portal>` });
});

test("an e-mail is plain text that ends with the link", () => {
  const { subject, text } = renderMail(unusable);
  expect(subject).toBe(unusable.title);
  expect(text.split("\n")).toEqual([
    unusable.title,
    "",
    ...unusable.facts.map(({ name, text: value }) => `${name}: ${value}`),
    "",
    unusable.link,
    "",
  ]);
});
