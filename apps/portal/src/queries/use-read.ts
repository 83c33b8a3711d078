import { useQuery, type UseQueryOptions, type UseQueryResult } from "@tanstack/react-query";

import type { Client } from "../api/client.ts";
import { useSignedIn } from "./session-context.ts";

/** Reads with the session of the signed-in person, and keeps the answer in the cache. */
export function useRead<Data>(
  queryKey: readonly unknown[],
  read: (client: Client, signal: AbortSignal) => Promise<Data>,
  options: Omit<UseQueryOptions<Data>, "queryKey" | "queryFn"> = {},
): UseQueryResult<Data> {
  const { client } = useSignedIn();
  return useQuery({ ...options, queryKey, queryFn: ({ signal }) => read(client, signal) });
}
