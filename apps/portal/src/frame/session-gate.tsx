import { EmptyState, ExplanationPanel, LoadingState } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { PersonLockRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, type ReactNode, useEffect } from "react";

import { loadProblems } from "../api/client.ts";
import { ProblemError } from "../api/problem-error.ts";
import { signInUrl } from "../api/session.ts";
import { SignedInContext } from "../queries/session-context.ts";
import { goToSignIn, sessionQuery } from "../queries/session-query.ts";
import { useTexts } from "../texts/texts.ts";

/** Shows its children to signed-in people, and sends all others to the sign-in page and back. */
export function SessionGate({ children }: { readonly children: ReactNode }): ReactElement {
  const texts = useTexts();
  const session = useQuery(sessionQuery);
  const signedIn = session.data ?? undefined;
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
        <h1>{texts.product}</h1>
        <ExplanationPanel
          problem={session.error.problem}
          actions={<Button onClick={() => void session.refetch()}>{texts.ui.tryAgain}</Button>}
        />
      </main>
    );
  if (isSignedIn) return <SignedInContext value={signedIn}>{children}</SignedInContext>;
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

/** Signing out leads here: signing in again at once would undo it. */
function hasSignedOut(): boolean {
  return new URLSearchParams(location.search).has("signed-out");
}
