import type { SigningKey } from "@databox-cmk/crypto";

import type { NoticeChannel } from "../config/notice-channels.ts";
import type { EventSubject } from "../core/cloud-event.ts";
import { createDescribeEvent } from "../core/notice-message.ts";
import { subscriptionOf } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import { renderMail, renderSlackMessage, renderTeamsMessage } from "../core/render-notice.ts";
import type { Delivery } from "../core/webhook-retry.ts";
import type { PostEvent } from "./post-event.ts";
import type { SendMail } from "./send-mail.ts";
import { signEvent } from "./sign-event.ts";

export type QueuedEvent = { readonly id: string; readonly body: string };

/** One who gets events. */
export type Receiver = {
  readonly kind: "webhook" | NoticeChannel["kind"];
  /** For logs: never the address of a channel, which is a secret. */
  readonly shown: string;
  wants(subject: EventSubject): boolean;
  send(event: QueuedEvent): Promise<Delivery>;
};

/** By the name under which deliveries are queued. */
export type Receivers = ReadonlyMap<string, Receiver>;

/** Names of the receivers that get an event. */
export type Select = (subject: EventSubject) => readonly string[];

export const selectOf =
  (receivers: Receivers): Select =>
  (subject) =>
    [...receivers].flatMap(([name, receiver]) => (receiver.wants(subject) ? name : []));

/**
 * Programs get the signed event itself, people a message about it.
 *
 * @param portalUrl - origin of the pages to which messages link
 */
export function createReceivers(
  webhookUrls: readonly string[],
  channels: readonly NoticeChannel[],
  {
    key,
    post,
    sendMail,
    portalUrl,
    now,
  }: {
    readonly key: SigningKey;
    readonly post: PostEvent;
    readonly sendMail: SendMail;
    readonly portalUrl: string;
    readonly now: Clock;
  },
): Receivers {
  const webhooks = webhookUrls.map((url): [string, Receiver] => [
    url,
    {
      kind: "webhook",
      shown: new URL(url).host,
      wants: () => true,
      send: async (event) => post(url, await signEvent(key, { ...event, url }, now()), event.body),
    },
  ]);
  const createSend = (channel: NoticeChannel): Receiver["send"] => {
    const describeEvent = createDescribeEvent(channel.language, portalUrl);
    return ({ id, body }) => {
      const message = describeEvent(body);
      switch (channel.kind) {
        case "teams":
          return post(channel.url, JSON_HEADERS, renderTeamsMessage(message));
        case "slack":
          return post(channel.url, JSON_HEADERS, renderSlackMessage(message));
        case "email": {
          // The same whenever it is sent again, so that mailboxes recognise a repetition.
          const messageId = `<${id}.${channel.name}@${new URL(portalUrl).hostname}>`;
          return sendMail({ ...renderMail(message), to: channel.to, messageId });
        }
      }
    };
  };
  const people = channels.map((channel): [string, Receiver] => [
    `channel:${channel.name}`,
    {
      kind: channel.kind,
      shown: channel.name,
      wants: (subject) =>
        channel.events.includes(subject.type) &&
        (channel.subscriptions === "all" ||
          ("order" in subject && channel.subscriptions.includes(subscriptionOf(subject.order)))),
      send: createSend(channel),
    },
  ]);
  return new Map([...webhooks, ...people]);
}

const JSON_HEADERS = { "content-type": "application/json" } as const;
