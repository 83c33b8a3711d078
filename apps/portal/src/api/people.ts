import * as z from "zod/mini";

import { searchOf } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

const people = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      displayName: z.optional(z.nullable(z.string())),
      userPrincipalName: z.optional(z.nullable(z.string())),
    }),
  ),
});
export type Person = { readonly id: string; readonly name: string; readonly signInName: string };

/** Microsoft Graph compares with at most so many values in one filter. */
const IDS_MAX = 15;

/** Names of object ids; those that the directory does not have as a user are absent. */
export async function readPeople(
  client: Client,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly Person[]> {
  const found: Person[] = [];
  for (let at = 0; at < ids.length; at += IDS_MAX) {
    const quoted = ids.slice(at, at + IDS_MAX).map(quote);
    found.push(...(await findPeople(client, `id in (${quoted.join(",")})`, signal)));
  }
  return found;
}

/** People whose name or sign-in name begins with a text. */
export function searchPeople(
  client: Client,
  text: string,
  signal: AbortSignal,
): Promise<readonly Person[]> {
  const filter = ["displayName", "userPrincipalName"].map(
    (member) => `startswith(${member},${quote(text)})`,
  );
  return findPeople(client, filter.join(" or "), signal);
}

async function findPeople(
  client: Client,
  filter: string,
  signal: AbortSignal,
): Promise<readonly Person[]> {
  const query = searchOf({
    $filter: filter,
    $select: "id,displayName,userPrincipalName",
    $top: String(IDS_MAX),
  });
  const path = `/portal/api/graph/v1.0/users?${query.toString()}`;
  const { value } = await client.read(path, people, { signal });
  return value.map(({ id, displayName, userPrincipalName }) => ({
    id: id.toLowerCase(),
    name: displayName ?? userPrincipalName ?? id,
    signInName: userPrincipalName ?? "",
  }));
}

/** A string of OData: an apostrophe in it is doubled. */
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
