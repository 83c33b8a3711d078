import { QueryClient } from "@tanstack/react-query";

import { ProblemError } from "../api/problem-error.ts";

const STALE_AFTER_MS = 15_000;
const MAX_RETRIES = 2;

/** What was refused is not asked again by itself; what was unreachable is, twice. */
export function createPortalQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MS,
        retry: (failures, error) =>
          failures < MAX_RETRIES &&
          error instanceof ProblemError &&
          error.problem.class === "unreachable",
      },
    },
  });
}
