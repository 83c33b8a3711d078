import { LoadingState, SkipLink } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import { Outlet } from "@tanstack/react-router";
import { type ReactElement, Suspense, useEffect, useRef } from "react";

import { ConnectionBanner } from "../shell/connection-banner.tsx";
import { SignInPage } from "../sign-in/sign-in-page.tsx";
import { useNode } from "../state/node-context.ts";
import { PageLinks } from "./page-links.tsx";
import { TopBar } from "./top-bar.tsx";

const useStyles = makeStyles({
  shell: {
    display: "flex",
    flexDirection: "column",
    minHeight: "100vh",
    backgroundColor: tokens.colorNeutralBackground2,
  },
  content: { flexGrow: 1, minWidth: 0, outlineStyle: "none" },
});

/** The sign-in page; for a signed-in person the pages. */
export function AppShell(): ReactElement {
  const styles = useStyles();
  const { state, isLost } = useNode();
  const content = useRef<HTMLElement>(null);
  const focused = useRef<Element>(null);
  useEffect(() => {
    // The form of a person who has signed in, or unlocked, is gone and with it the focus.
    if (document.activeElement === document.body && focused.current?.isConnected === false)
      content.current?.focus({ preventScroll: true });
  }, [state]);
  return (
    <div
      className={styles.shell}
      onFocus={({ target }) => {
        focused.current = target;
      }}
    >
      <SkipLink />
      <TopBar />
      {state.session.signedIn && <PageLinks />}
      {isLost && <ConnectionBanner />}
      <main ref={content} id="content" tabIndex={-1} className={styles.content}>
        {state.session.signedIn ? (
          <Suspense fallback={<LoadingState />}>
            <Outlet />
          </Suspense>
        ) : (
          <SignInPage />
        )}
      </main>
    </div>
  );
}
