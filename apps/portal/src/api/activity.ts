import { ACTIVITY_OUTCOMES, type ActivityFilter, activityList } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";
import { readEveryPage } from "./read-every-page.ts";

const claim = z.looseObject({
  sequence: z.number(),
  at: z.string(),
  event: z.string(),
  facts: z.optional(z.record(z.string(), z.unknown())),
});

/** The shown part of an audit row; the row itself may have more. */
const auditRow = z.looseObject({
  action: z.string(),
  actor: z.looseObject({
    kind: z.string(),
    name: z.optional(z.string()),
    objectId: z.optional(z.string()),
    serial: z.optional(z.string()),
    address: z.optional(z.string()),
  }),
  outcome: z.enum(ACTIVITY_OUTCOMES),
  code: z.optional(z.string()),
  reason: z.optional(z.string()),
  serial: z.optional(z.string()),
  kid: z.optional(z.string()),
  correlationId: z.optional(z.string()),
  vaultRequestId: z.optional(z.string()),
  detail: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  claims: z.optional(z.array(claim)),
});
export type AuditRow = z.infer<typeof auditRow>;
export type Claim = z.infer<typeof claim>;

const activityEntry = z.object({
  sequence: z.number(),
  at: z.string(),
  hash: z.string(),
  row: auditRow,
});
export type ActivityEntry = z.infer<typeof activityEntry>;

const entryPage = z.object({ value: z.array(activityEntry), nextLink: z.optional(z.string()) });

/** @param position - `$skipToken` of the page; none for the first. */
export function readActivity(
  client: Client,
  name: OrderName,
  filter: ActivityFilter,
  position: string | undefined,
  signal?: AbortSignal,
) {
  const path = orderPath(name, "/activity", { ...filter, $skipToken: position });
  return client.read(path, entryPage, { signal });
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
