import {
  NOTICE_CALLS,
  type NoticeChoices,
  type NoticeChoicesWrite,
  type NoticeView,
} from "@databox-cmk/protocol";

import type { Client } from "./client.ts";

/** News for the reader from these subscriptions and, for operators, from the service. */
export async function readNotices(
  client: Client,
  subscriptions: readonly string[],
  signal: AbortSignal,
): Promise<readonly NoticeView[]> {
  const query = { subscriptionId: subscriptions };
  return (await client.call(NOTICE_CALLS.list, { params: {}, query, signal })).value;
}

export async function markNoticesRead(
  client: Client,
  subscriptions: readonly string[],
  ids: readonly string[],
): Promise<void> {
  const query = { subscriptionId: subscriptions };
  await client.call(NOTICE_CALLS.markRead, { params: {}, query, body: { ids: [...ids] } });
}

/** The reader's choices for these subscriptions, and the channels of groups. */
export async function readNoticeChoices(
  client: Client,
  subscriptions: readonly string[],
  signal: AbortSignal,
): Promise<NoticeChoices> {
  const query = { subscriptionId: subscriptions };
  return client.call(NOTICE_CALLS.readChoices, { params: {}, query, signal });
}

export async function writeNoticeChoices(client: Client, body: NoticeChoicesWrite): Promise<void> {
  await client.call(NOTICE_CALLS.writeChoices, { params: {}, body });
}
