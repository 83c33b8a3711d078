import { keepPreviousData } from "@tanstack/react-query";
import * as z from "zod/mini";

import type { Client } from "../api/client.ts";
import { searchOf } from "../core/arm-path.ts";
import { isObjectId } from "../core/object-ids.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useRead } from "../queries/use-part.ts";

/**
 * The people behind object ids, by the id. Empty while the directory has not answered, or if it
 * does not answer: a page then shows the ids.
 */
export function usePeople(ids: readonly string[]): ReadonlyMap<string, Person> {
  const { data = [] } = useRead(
    QUERY_KEYS.people("ids", ...ids),
    (client, signal) => readPeople(client, ids, signal),
    {
      enabled: ids.length > 0,
      staleTime: Infinity,
      placeholderData: keepPreviousData,
      retry: false,
    },
  );
  return new Map(data.map((person) => [person.id, person]));
}

/**
 * Names for sentences.
 *
 * @returns gives the name of a person, or the id itself, if the directory does not name it
 */
export function useNames(ids: readonly string[]): (id: string) => string {
  const people = usePeople([...new Set(ids)].filter(isObjectId));
  return (id) => people.get(id.toLowerCase())?.name ?? id;
}

type FoundPeople = {
  readonly people: readonly Person[];
  readonly state: "pending" | "failed" | "done";
};

/**
 * People whose name begins with a text.
 *
 * @param text - undefined while a person types it
 */
export function useFoundPeople(text: string | undefined): FoundPeople {
  const { data, status, isPlaceholderData } = useRead(
    QUERY_KEYS.people("search", text ?? ""),
    (client, signal) => searchPeople(client, text ?? "", signal),
    { enabled: text !== undefined && text !== "", placeholderData: keepPreviousData, retry: false },
  );
  const people = text === "" || data === undefined ? [] : data;
  if (status === "error") return { people, state: "failed" };
  return { people, state: status === "pending" || isPlaceholderData ? "pending" : "done" };
}

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
