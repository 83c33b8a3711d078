import {
  type ActivityEntry,
  type ActivityFilter,
  activityList,
  activityView,
} from "@databox-cmk/protocol";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";
import { readEveryPage } from "./read-every-page.ts";

/** @param position - `$skipToken` of the page; none for the first. */
export function readActivity(
  client: Client,
  name: OrderName,
  filter: ActivityFilter,
  position: string | undefined,
  signal?: AbortSignal,
) {
  const path = orderPath(name, "/activity", { ...filter, $skipToken: position });
  return client.read(path, activityView, { signal });
}

/** Every matching row, newest first. */
export function readWholeActivity(
  client: Client,
  name: OrderName,
  filter: ActivityFilter,
): Promise<readonly ActivityEntry[]> {
  return readEveryPage((position) => readActivity(client, name, filter, position));
}

/** The whole chain as JSON lines, each row as it was hashed, for `audit verify --export`. */
export async function readChainLines(client: Client, name: OrderName): Promise<string> {
  const entries = await readEveryPage((position) =>
    client.read(orderPath(name, "/activity", { $skipToken: position }), activityList),
  );
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}
