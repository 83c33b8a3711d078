import { queryOptions } from "@tanstack/react-query";

import { type Client, createClient } from "../api/client.ts";
import { createPendingRequests } from "../api/pending-requests.ts";
import { readSession, signInUrl } from "../api/session.ts";
import type { SignedIn } from "./session-context.ts";

/** The requests of both clients. */
const pending = createPendingRequests(Date.now);

/** Reads before the session is known. The browser's cookie decides what it may read. */
export const readerOfStart = clientOf("", () => {});

/** The session of this browser and its client; `null`: it has none. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<SignedIn | null> => {
    const session = await readSession(readerOfStart);
    return session && { session, client: clientOf(session.csrfToken, goToSignIn), pending };
  },
  staleTime: Infinity,
});

function clientOf(csrfToken: string, onSignedOut: () => void): Client {
  return createClient({ csrfToken, fetch: tracked, onSignedOut });
}

async function tracked(path: string, init: RequestInit): Promise<Response> {
  const end = pending.begin();
  try {
    return await fetch(path, init);
  } finally {
    end();
  }
}

export function goToSignIn(): void {
  location.assign(signInUrl(location.pathname + location.search));
}
