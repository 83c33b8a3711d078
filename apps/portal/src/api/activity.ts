import { ACTIVITY_CALLS, type ActivityEntry, type ActivityFilter } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";
import { readEveryPage } from "./read-every-page.ts";

/** @param position - `$skipToken` of the page; none for the first. */
export function readActivity(
  client: Client,
  params: OrderName,
  filter: ActivityFilter,
  position: string | undefined,
  signal?: AbortSignal,
) {
  const query = { ...filter, $skipToken: position };
  return client.call(ACTIVITY_CALLS.view, { params, query, signal });
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
export async function readChainLines(client: Client, params: OrderName): Promise<string> {
  const entries = await readEveryPage((position) =>
    client.call(ACTIVITY_CALLS.list, { params, query: { $skipToken: position } }),
  );
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}
