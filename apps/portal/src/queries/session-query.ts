import { queryOptions } from "@tanstack/react-query";

import { type Client, createClient } from "../api/client.ts";
import { createPendingRequests } from "../api/pending-requests.ts";
import { readSession, type Session, signInUrl } from "../api/session.ts";
import type { SignedIn } from "./session-context.ts";

/** Reads before the session is known; what it may read is decided by the browser's cookie. */
export const readerOfStart = clientOf("");

/** The session of this browser; `null`: it has none. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => readSession(readerOfStart),
  staleTime: Infinity,
});

const signedIn = new WeakMap<Session, SignedIn>();

/** A session's calls, the same ones wherever they are made. */
export function signedInOf(session: Session): SignedIn {
  const known = signedIn.get(session);
  if (known !== undefined) return known;
  const pending = createPendingRequests(Date.now);
  const made = { session, client: clientOf(session.csrfToken, goToSignIn, pending), pending };
  signedIn.set(session, made);
  return made;
}

function clientOf(
  csrfToken: string,
  onSignedOut = () => {},
  pending = createPendingRequests(Date.now),
): Client {
  const tracked = async (path: string, init: RequestInit): Promise<Response> => {
    const end = pending.begin();
    try {
      return await fetch(path, init);
    } finally {
      end();
    }
  };
  return createClient({ csrfToken, fetch: tracked, onSignedOut });
}

export function goToSignIn(): void {
  location.assign(signInUrl(location.pathname + location.search));
}
