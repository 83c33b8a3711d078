import { EmptyState, ExplanationPanel, LoadingState } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { PersonLockRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, type ReactNode, useEffect, useMemo } from "react";

import { type Client, createClient, loadProblems } from "../api/client.ts";
import { createPendingRequests } from "../api/pending-requests.ts";
import { ProblemError } from "../api/problem-error.ts";
import { readSession, signInUrl } from "../api/session.ts";
import { SignedInContext } from "../queries/session-context.ts";
import { useTexts } from "../texts/texts.ts";

/** Shows its children to signed-in people, and sends all others to the sign-in page and back. */
export function SessionGate({ children }: { readonly children: ReactNode }): ReactElement {
  const texts = useTexts();
  const session = useQuery({
    queryKey: ["session"],
    queryFn: () => readSession(clientOf("")),
    staleTime: Infinity,
  });
  const signedIn = useMemo(() => {
    if (session.data === undefined || session.data === null) return;
    const pending = createPendingRequests(Date.now);
    return {
      session: session.data,
      client: clientOf(session.data.csrfToken, goToSignIn, pending),
      pending,
    };
  }, [session.data]);

  const isSignedIn = signedIn !== undefined;
  useEffect(() => {
    // If it fails, the first failure tries again.
    if (isSignedIn) loadProblems().catch(() => undefined);
  }, [isSignedIn]);

  const isSignInDue = session.data === null && !hasSignedOut();
  useEffect(() => {
    if (isSignInDue) goToSignIn();
  }, [isSignInDue]);

  if (session.isPending || isSignInDue) return <LoadingState />;
  // A service that no longer answers does not take away what is shown.
  if (session.data === undefined && session.error instanceof ProblemError)
    return (
      <main>
        <ExplanationPanel
          problem={session.error.problem}
          actions={<Button onClick={() => void session.refetch()}>{texts.ui.tryAgain}</Button>}
        />
      </main>
    );
  if (signedIn !== undefined) return <SignedInContext value={signedIn}>{children}</SignedInContext>;
  return (
    <main>
      <EmptyState heading="h1" icon={<PersonLockRegular />} title={texts.session.signedOut}>
        <Button as="a" appearance="primary" href={signInUrl("/portal/")}>
          {texts.session.signIn}
        </Button>
      </EmptyState>
    </main>
  );
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

/** Signing out leads here: signing in again at once would undo it. */
function hasSignedOut(): boolean {
  return new URLSearchParams(location.search).has("signed-out");
}

function goToSignIn(): void {
  location.assign(signInUrl(location.pathname + location.search));
}
