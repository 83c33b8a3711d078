import { keepPreviousData } from "@tanstack/react-query";

import { type Person, readPeople, searchPeople } from "../api/people.ts";
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
