import { QueryClient } from "@tanstack/react-query";

/** Reading counts as use of the session, so nothing is read without a person's request. */
export function createNodeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false },
      // Offline, a change fails at once; by itself it would wait, and run unexpectedly later.
      mutations: { networkMode: "always" },
    },
  });
}
