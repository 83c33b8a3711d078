import { AppError } from "@databox-cmk/errors";
import { asciiLowerCase, IDENTIFIERS } from "@databox-cmk/protocol";
import * as z from "zod";

import { addressOf } from "../core/address-of.ts";
import { EVENT_TYPES } from "../core/cloud-event.ts";
import { NOTICE_LANGUAGES } from "../core/notice-texts.ts";
import { isPlainHttpsUrl } from "./config.ts";

const CHANNELS_MAX = 20;
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

const mailbox = z.string().refine((text) => addressOf(text) !== undefined);
const secretUrl = z.string().max(2048).refine(isPlainHttpsUrl);

const channel = {
  /** Shown in logs instead of the address, which is a secret. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  events: z.array(z.enum(EVENT_TYPES)).min(1),
  /** The language of its messages. */
  language: z.enum(NOTICE_LANGUAGES).default("en"),
  /** The channel gets the events of orders in these subscriptions. */
  subscriptions: z.union([
    z.literal("all"),
    z.array(z.string().regex(IDENTIFIERS.subscriptionId.pattern).transform(asciiLowerCase)).min(1),
  ]),
};

const smtp = z
  .strictObject({
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535),
    /** `tls`: from the first byte; `starttls`: before anything is sent; `off`: only on loopback. */
    security: z.enum(["tls", "starttls", "off"]),
    from: mailbox,
    user: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
  })
  .refine(({ host, security }) => security !== "off" || LOOPBACK.has(host), {
    path: ["security"],
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    path: ["password"],
  });

const noticeChannels = z
  .strictObject({
    smtp: smtp.optional(),
    channels: z
      .array(
        z
          .discriminatedUnion("kind", [
            z.strictObject({ ...channel, kind: z.literal("teams"), url: secretUrl }),
            z.strictObject({ ...channel, kind: z.literal("slack"), url: secretUrl }),
            z.strictObject({ ...channel, kind: z.literal("email"), to: mailbox }),
          ])
          // A campaign has orders of several customers.
          .refine(
            ({ events, subscriptions }) =>
              subscriptions === "all" || !events.includes(EVENT_TYPES.campaignFinished),
            { path: ["subscriptions"] },
          ),
      )
      .max(CHANNELS_MAX),
  })
  .refine(({ channels }) => new Set(channels.map(({ name }) => name)).size === channels.length, {
    path: ["channels"],
  })
  .refine(
    (file) => file.smtp !== undefined || file.channels.every(({ kind }) => kind !== "email"),
    {
      path: ["smtp"],
    },
  );

/** Where notices for people go, and which. */
export type NoticeChannels = z.output<typeof noticeChannels>;
export type NoticeChannel = NoticeChannels["channels"][number];
export type SmtpSettings = z.output<typeof smtp>;

/**
 * @param text - of NOTICE_CHANNELS_FILE
 * @throws {AppError} Misuse that names the wrong member, and never its value, which may be a secret
 */
export function parseNoticeChannels(text: string): NoticeChannels {
  const parsed = noticeChannels.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const member = issue?.path.join(".") ?? "";
  throw new AppError("Misuse", {
    detail: `NOTICE_CHANNELS_FILE is wrong${member === "" ? "" : ` at ${member}`}`,
  });
}

/** Without a cause: the message of the parser quotes the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("Misuse", { detail: "NOTICE_CHANNELS_FILE is not JSON" });
  }
}
