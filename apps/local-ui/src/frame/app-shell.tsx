import { LoadingState } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import { Outlet } from "@tanstack/react-router";
import { type ReactElement, Suspense } from "react";

import { ConnectionBanner } from "../shell/connection-banner.tsx";
import { SignInPage } from "../sign-in/sign-in-page.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { PageLinks } from "./page-links.tsx";
import { TopBar } from "./top-bar.tsx";

const useStyles = makeStyles({
  shell: {
    display: "flex",
    flexDirection: "column",
    minHeight: "100vh",
    backgroundColor: tokens.colorNeutralBackground2,
  },
  skip: {
    position: "absolute",
    insetInlineStart: tokens.spacingHorizontalS,
    insetBlockStart: "-100px",
    zIndex: 10,
    padding: tokens.spacingHorizontalS,
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorBrandForegroundLink,
    ":focus": { insetBlockStart: tokens.spacingVerticalXS },
  },
  content: { flexGrow: 1, minWidth: 0, outlineStyle: "none" },
});

/** The sign-in page; for a signed-in person the pages. */
export function AppShell(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { state, isLost } = useNode();
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        {texts.shell.skipToContent}
      </a>
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
