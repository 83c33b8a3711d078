import { useQuery, type UseQueryOptions, type UseQueryResult } from "@tanstack/react-query";

import type { Client } from "../api/client.ts";
import { useSignedIn } from "./session-context.ts";

export type ReadOptions<Data> = Omit<UseQueryOptions<Data>, "queryKey" | "queryFn">;

/** Reads with the session of the signed-in person, and keeps the answer in the cache. */
export function useRead<Data>(
  queryKey: readonly unknown[],
  read: (client: Client, signal: AbortSignal) => Promise<Data>,
  options: ReadOptions<Data> = {},
): UseQueryResult<Data> {
  const { client } = useSignedIn();
  return useQuery({ ...options, queryKey, queryFn: ({ signal }) => read(client, signal) });
}
