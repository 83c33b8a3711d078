import { noticeList, type NoticeView } from "@databox-cmk/protocol";

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

function path(end: string, subscriptions: readonly string[]): string {
  const query = new URLSearchParams(subscriptions.map((id) => ["subscriptionId", id]));
  return `/portal/api/notices${end}?${query.toString()}`;
}
