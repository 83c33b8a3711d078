import { ACTIVITY_OUTCOMES, type ActivityFilter, activityList } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { type OrderName, orderPath, skipTokenOf } from "./arm-path.ts";
import type { Client } from "./client.ts";

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

export type ActivityEntry = {
  readonly sequence: number;
  readonly at: string;
  readonly hash: string;
  readonly row: AuditRow;
};
export type ActivityPage = {
  readonly entries: readonly ActivityEntry[];
  readonly nextPosition: string | undefined;
};

const entryPage = z.object({
  value: z.array(
    z.object({ sequence: z.number(), at: z.string(), hash: z.string(), row: auditRow }),
  ),
  nextLink: z.optional(z.string()),
});

/** @param position - `$skipToken` of the page; none for the first. */
export async function readActivity(
  client: Client,
  name: OrderName,
  filter: ActivityFilter,
  position: string | undefined,
  signal?: AbortSignal,
): Promise<ActivityPage> {
  const path = orderPath(name, "/activity", { ...filter, $skipToken: position });
  const { value, nextLink } = await client.read(path, entryPage, { signal });
  return { entries: value, nextPosition: skipTokenOf(nextLink) };
}

/** Every matching row, newest first. */
export async function readWholeActivity(
  client: Client,
  name: OrderName,
  filter: ActivityFilter,
): Promise<readonly ActivityEntry[]> {
  const entries: ActivityEntry[] = [];
  let position: string | undefined;
  do {
    const page = await readActivity(client, name, filter, position);
    entries.push(...page.entries);
    position = page.nextPosition;
  } while (position !== undefined);
  return entries;
}

/** The whole chain as JSON lines, each row as it was hashed, for `audit verify --export`. */
export async function readChainLines(client: Client, name: OrderName): Promise<string> {
  const lines: string[] = [];
  let position: string | undefined;
  do {
    const path = orderPath(name, "/activity", { $skipToken: position });
    const { value, nextLink } = await client.read(path, activityList);
    lines.push(...value.map((entry) => `${JSON.stringify(entry)}\n`));
    position = skipTokenOf(nextLink);
  } while (position !== undefined);
  return lines.join("");
}
