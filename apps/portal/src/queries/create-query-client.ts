import { QueryClient } from "@tanstack/react-query";

import { isUnreachable } from "../api/problem-error.ts";

const STALE_AFTER_MS = 15_000;
const MAX_RETRIES = 2;

/** A refused request is not repeated; an unreachable service is tried twice more. */
export function createPortalQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MS,
        retry: (failures, error) => failures < MAX_RETRIES && isUnreachable(error),
      },
      // Offline, a change fails at once; by itself it would wait, and run unexpectedly later.
      mutations: { networkMode: "always" },
    },
  });
}
