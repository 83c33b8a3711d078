import { type Call, pathOf, PATHS } from "@databox-cmk/protocol";
import { useQuery, type UseQueryOptions, type UseQueryResult } from "@tanstack/react-query";

import type { AnyGiven, Client, Given, ViewOf } from "../api/client.ts";
import { QUERY_KEYS } from "./query-keys.ts";
import { useSignedIn } from "./session-context.ts";

export type ReadOptions<View, Data = View> = Omit<
  UseQueryOptions<View, Error, Data>,
  "queryKey" | "queryFn"
>;

/** Reads with the session of the signed-in person, and keeps the answer in the cache. */
export function useRead<View, Data = View>(
  queryKey: readonly unknown[],
  read: (client: Client, signal: AbortSignal) => Promise<View>,
  options: ReadOptions<View, Data> = {},
): UseQueryResult<Data> {
  const { client } = useSignedIn();
  return useQuery({ ...options, queryKey, queryFn: ({ signal }) => read(client, signal) });
}

/** Reads the answer of one of the broker's calls. */
export function usePart<const Of extends Call, Data = ViewOf<Of>>(
  row: Of,
  given: Given<Of>,
  options?: ReadOptions<ViewOf<Of>, Data>,
): UseQueryResult<Data> {
  const { client } = useSignedIn();
  return useQuery({ ...options, ...partQuery(client, row, given) });
}

export const partQuery = <const Of extends Call>(client: Client, row: Of, given: Given<Of>) => ({
  queryKey: partKey(row, given),
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => client.call(row, { ...given, signal }),
});

/** Where the cache keeps the answer of a call: with the order or the lists that make it stale. */
export function partKey(row: Call, { params, query, body }: AnyGiven): readonly unknown[] {
  const [, pattern] = row.at;
  const part = [pathOf(row, params), query, body];
  if (pattern.includes(PATHS.job))
    return [...QUERY_KEYS.orderOf(pathOf({ at: ["GET", PATHS.job] }, params)), ...part];
  return pattern.startsWith(PATHS.operator) ? QUERY_KEYS.operator(...part) : part;
}
