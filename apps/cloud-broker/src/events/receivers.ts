import { hash } from "node:crypto";

import type { SigningKey } from "@databox-cmk/crypto";
import { httpbis } from "http-message-signatures";

import type { NoticeChannel } from "../config/notice-channels.ts";
import {
  type EventSubject,
  CLOUD_EVENT_MEDIA_TYPE,
  subscriptionOfEvent,
} from "../core/cloud-event.ts";
import { createDescribeEvent } from "../core/notice-message.ts";
import type { EpochMs } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import { renderMail, renderSlackMessage, renderTeamsMessage } from "../core/render-notice.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import type { Receiver } from "./deliver-events.ts";
import type { PersonReceivers } from "./person-receivers.ts";
import type { PostEvent } from "./post-event.ts";
import type { SendMail } from "./send-mail.ts";

type Configured = Receiver & { wants(subject: EventSubject): boolean };

export type Receivers = ReturnType<typeof createReceivers>;

/**
 * Programs get the signed event itself, people a message about it.
 *
 * @param portalUrl - origin of the pages to which messages link
 */
export function createReceivers(
  webhookUrls: readonly string[],
  channels: readonly NoticeChannel[],
  deps: {
    readonly key: SigningKey;
    readonly post: PostEvent;
    readonly sendMail: SendMail | undefined;
    readonly people: PersonReceivers | undefined;
    readonly portalUrl: string;
    readonly now: Clock;
  },
) {
  const webhooks = webhookUrls.map((url): [string, Configured] => [
    url,
    {
      kind: "webhook",
      shown: new URL(url).host,
      wants: () => true,
      send: async (event) =>
        deps.post(url, await signEvent(deps.key, { ...event, url }, deps.now()), event.body),
    },
  ]);
  const createSend = (channel: NoticeChannel): Receiver["send"] => {
    const describeEvent = createDescribeEvent(channel.language, deps.portalUrl);
    return ({ id, body }) => {
      const message = describeEvent(body);
      switch (channel.kind) {
        case "teams":
          return deps.post(channel.url, JSON_HEADERS, renderTeamsMessage(message));
        case "slack":
          return deps.post(channel.url, JSON_HEADERS, renderSlackMessage(message));
        case "email": {
          // The same whenever it is sent again, so that mailboxes recognise a repetition.
          const messageId = `<${id}.${channel.name}@${new URL(deps.portalUrl).hostname}>`;
          return (
            deps.sendMail?.({ ...renderMail(message), to: channel.to, messageId }) ??
            Promise.resolve({ status: undefined })
          );
        }
      }
    };
  };
  const groups = channels.map((channel): [string, Configured] => [
    `channel:${channel.name}`,
    {
      kind: channel.kind,
      shown: channel.name,
      wants: (subject) =>
        channel.events.includes(subject.type) &&
        (channel.subscriptions === "all" ||
          subscriptionOfEvent(subject) === "*" ||
          channel.subscriptions.includes(subscriptionOfEvent(subject) ?? "")),
      send: createSend(channel),
    },
  ]);
  const configured = new Map([...webhooks, ...groups]);
  return {
    /** Names of the receivers that get an event; deliveries are queued under them. */
    select: async (
      transaction: Store | StoreTransaction,
      subject: EventSubject,
    ): Promise<readonly string[]> => {
      const names = [...configured].flatMap(([name, receiver]) =>
        receiver.wants(subject) ? name : [],
      );
      return [...names, ...((await deps.people?.select(transaction, subject)) ?? [])];
    },
    find: (name: string): Receiver | undefined => configured.get(name) ?? deps.people?.find(name),
  };
}

const JSON_HEADERS = { "content-type": "application/json" } as const;

/**
 * Headers of an event: HTTP Message Signatures (RFC 9421, ecdsa-p256-sha256) over method, address,
 * body digest (RFC 9530), media type and event id. Uses http-message-signatures. Standard Webhooks
 * does not serve: it has only HMAC and Ed25519, and the broker's key is on P-256.
 */
export async function signEvent(
  key: SigningKey,
  event: { readonly id: string; readonly url: string; readonly body: string },
  nowMs: EpochMs,
): Promise<Readonly<Record<string, string>>> {
  const message = {
    method: "POST",
    url: event.url,
    headers: {
      "content-type": CLOUD_EVENT_MEDIA_TYPE,
      "content-digest": `sha-256=:${hash("sha256", event.body, "base64")}:`,
      "webhook-id": event.id,
    },
  };
  const signed = await httpbis.signMessage(
    {
      key: {
        id: key.kid,
        alg: "ecdsa-p256-sha256",
        sign: async (data) => Buffer.from(await key.sign(data)),
      },
      name: "broker",
      fields: ["@method", "@target-uri", "content-type", "content-digest", "webhook-id"],
      params: ["created", "keyid", "alg"],
      paramValues: { created: new Date(nowMs) },
    },
    message,
  );
  return Object.fromEntries(
    Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
