import {
  type NoticeChoices,
  noticeChoices,
  type NoticeChoicesWrite,
  noticeList,
  type NoticeView,
} from "@databox-cmk/protocol";

import type { Client } from "./client.ts";

/** News for the reader from these subscriptions and, for operators, from the service. */
export async function readNotices(
  client: Client,
  subscriptions: readonly string[],
  signal: AbortSignal,
): Promise<readonly NoticeView[]> {
  const { value } = await client.read(path("", subscriptions), noticeList, { signal });
  return value;
}

export async function markNoticesRead(
  client: Client,
  subscriptions: readonly string[],
  ids: readonly string[],
): Promise<void> {
  await client.send(path("/read", subscriptions), { method: "POST", body: { ids } });
}

/** The reader's choices for these subscriptions, and the channels of groups. */
export async function readNoticeChoices(
  client: Client,
  subscriptions: readonly string[],
  signal: AbortSignal,
): Promise<NoticeChoices> {
  return client.read(path("/choices", subscriptions), noticeChoices, { signal });
}

export async function writeNoticeChoices(client: Client, body: NoticeChoicesWrite): Promise<void> {
  await client.send(path("/choices", []), { method: "PUT", body });
}

function path(end: string, subscriptions: readonly string[]): string {
  const query = new URLSearchParams(subscriptions.map((id) => ["subscriptionId", id]));
  return `/portal/api/notices${end}?${query.toString()}`;
}
