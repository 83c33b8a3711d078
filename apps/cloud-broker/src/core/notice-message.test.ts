import { expect, test } from "vitest";

import { EVENT_TYPES, renderCloudEvent, type EventType } from "./cloud-event.ts";
import { describeEvent } from "./notice-message.ts";
import { orderIdOf } from "./order.ts";
import { renderMail, renderSlackMessage, renderTeamsMessage } from "./render-notice.ts";

const PORTAL = "https://broker.example";
const SUBSCRIPTION = "00000000-0000-4000-8000-0000000000a1";
const order = orderIdOf({ subscriptionId: SUBSCRIPTION, resourceGroup: "rg(1)", name: "atlas" });
const KID = "https://contoso.vault.azure.net/keys/atlas/0123456789abcdef0123456789abcdef";
/** Typed texts and names of people stay in the service. */
const PRIVATE = { reason: "SECRET-REASON", by: "SECRET-PERSON", approvalId: "SECRET-ID" };

const describe = (type: EventType, data: object) =>
  describeEvent(
    renderCloudEvent({
      id: "1",
      source: PORTAL,
      type,
      order,
      atMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      data: { ...PRIVATE, ...data },
    }),
    PORTAL,
  );

const unusable = describe(EVENT_TYPES.keyHealthChanged, {
  kid: KID,
  before: { state: "healthy" },
  after: { state: "unusable", code: "SsemUserErrorEncryptionKeyDisabled" },
  nextStep: {
    who: "security-administrator",
    text: "Enable the key.",
    command: "az SECRET-COMMAND",
  },
});

test("a key that became unusable is told with order, key, code, who must act, and the page", () => {
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
    EVENT_TYPES.keyHealthChanged,
    { before: { state: "unknown" }, after: { state: "at-risk", risks: [{ risk: "expiry" }] } },
    "The key of order atlas is at-risk",
    { Risks: "expiry" },
  ],
] as const)(
  "%s is told in plain words, without what a person typed",
  (type, data, title, facts) => {
    const message = describe(type, data);
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

test("every kind of event has a message", () => {
  for (const type of Object.values(EVENT_TYPES))
    expect(describe(type, {}).link).toMatch(/\/(?:key-health|approvals)$/);
});

test("Teams gets an Adaptive Card whose texts are no Markdown", () => {
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

test("Slack gets blocks within its limits, in which a name mentions nobody", () => {
  const facts = Array.from({ length: 12 }, (_, index) => ({
    name: String(index),
    text: "x".repeat(3000),
  }));
  const { text, blocks } = JSON.parse(
    renderSlackMessage({ title: `<!channel> & ${"y".repeat(200)}`, facts, link: unusable.link }),
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
