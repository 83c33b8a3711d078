import type { SigningKey } from "@databox-cmk/crypto";

import type { NoticeChannel } from "../config/notice-channels.ts";
import type { CloudEvent } from "../core/cloud-event.ts";
import { describeEvent } from "../core/notice-message.ts";
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
  wants(event: Pick<CloudEvent, "type" | "order">): boolean;
  send(event: QueuedEvent): Promise<Delivery>;
};

/** By the name under which deliveries are queued. */
export type Receivers = ReadonlyMap<string, Receiver>;

/** Names of the receivers that get an event. */
export type Select = (event: Pick<CloudEvent, "type" | "order">) => readonly string[];

export const selectOf =
  (receivers: Receivers): Select =>
  (event) =>
    [...receivers].flatMap(([name, receiver]) => (receiver.wants(event) ? name : []));

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
  const sendTo = (channel: NoticeChannel, { id, body }: QueuedEvent): Promise<Delivery> => {
    const message = describeEvent(body, portalUrl);
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
  const people = channels.map((channel): [string, Receiver] => [
    `channel:${channel.name}`,
    {
      kind: channel.kind,
      shown: channel.name,
      wants: ({ type, order }) =>
        channel.events.includes(type) &&
        (channel.subscriptions === "all" || channel.subscriptions.includes(subscriptionOf(order))),
      send: (event) => sendTo(channel, event),
    },
  ]);
  return new Map([...webhooks, ...people]);
}

const JSON_HEADERS = { "content-type": "application/json" } as const;
