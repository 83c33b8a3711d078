import { QueryClient } from "@tanstack/react-query";

/** Reading counts as use of the session, so that nothing is read that nobody asked for. */
export function createNodeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false },
    },
  });
}
