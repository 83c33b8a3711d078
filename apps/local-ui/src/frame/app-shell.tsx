import { LoadingState, SkipLink } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import { Outlet } from "@tanstack/react-router";
import { type ReactElement, Suspense } from "react";

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
  return (
    <div className={styles.shell}>
      <SkipLink />
      <TopBar />
      {state.session.signedIn && <PageLinks />}
      {isLost && <ConnectionBanner />}
      <main id="content" tabIndex={-1} className={styles.content}>
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
