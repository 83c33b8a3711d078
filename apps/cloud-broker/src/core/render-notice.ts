import type { NoticeMessage } from "./notice-message.ts";

/** Slack refuses a header of more characters. */
const SLACK_HEADER_MAX = 150;
/** Slack refuses a section of more fields. */
const SLACK_FIELDS_MAX = 10;
/** Slack refuses a longer text of a field. */
const SLACK_FIELD_MAX = 2000;

/** An Adaptive Card in the envelope that a workflow of Microsoft Teams posts into its channel. */
export function renderTeamsMessage({ title, facts, link, linkText }: NoticeMessage): string {
  return JSON.stringify({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            {
              type: "TextBlock",
              text: escapeMarkdown(title),
              size: "Medium",
              weight: "Bolder",
              wrap: true,
            },
            {
              type: "FactSet",
              facts: facts.map(({ name, text }) => ({ title: name, value: escapeMarkdown(text) })),
            },
          ],
          actions: [{ type: "Action.OpenUrl", title: linkText, url: link }],
        },
      },
    ],
  });
}

/** Blocks of an incoming webhook of Slack; `text` is what its notifications show. */
export function renderSlackMessage({ title, facts, link, linkText }: NoticeMessage): string {
  const fields = facts.map(({ name, text }) => ({
    type: "plain_text",
    text: shorten(`${name}: ${text}`, SLACK_FIELD_MAX),
    emoji: false,
  }));
  const sections = [];
  for (let from = 0; from < fields.length; from += SLACK_FIELDS_MAX)
    sections.push({ type: "section", fields: fields.slice(from, from + SLACK_FIELDS_MAX) });
  return JSON.stringify({
    text: escapeMrkdwn(title),
    blocks: [
      {
        type: "header",
        text: { type: "plain_text", text: shorten(title, SLACK_HEADER_MAX), emoji: false },
      },
      ...sections,
      {
        type: "section",
        text: { type: "mrkdwn", text: `<${escapeMrkdwn(link)}|${linkText}>` },
      },
    ],
  });
}

/** Subject and plain text of an e-mail. */
export function renderMail({ title, facts, link }: NoticeMessage): {
  readonly subject: string;
  readonly text: string;
} {
  const lines = facts.map(({ name, text }) => `${name}: ${text}`);
  return { subject: title, text: [title, "", ...lines, "", link, ""].join("\n") };
}

/** Escapes Slack's three control characters, so that a name neither mentions a person nor links. */
function escapeMrkdwn(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A card's texts are Markdown: names stay names. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]()#~]/g, (character) => `\\${character}`);
}

function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}
