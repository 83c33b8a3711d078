import { LoadingState, RULE_BELOW, SettingsMenu, SkipLink } from "@databox-cmk/ui";
import { Button, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import {
  CertificateRegular,
  HistoryRegular,
  HomeRegular,
  NetworkCheckRegular,
  SignOutRegular,
} from "@fluentui/react-icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { type ReactElement, Suspense, useEffect, useRef } from "react";
import * as z from "zod/mini";

import { ConnectionBanner } from "../shell/connection-banner.tsx";
import { SignInPage } from "../sign-in/sign-in-page.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";

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

const useBarStyles = makeStyles({
  bar: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    minHeight: "48px",
    paddingInline: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorBrandBackground,
    color: tokens.colorNeutralForegroundOnBrand,
    "@media (forced-colors: active)": {
      borderBlockEndWidth: "1px",
      borderBlockEndStyle: "solid",
    },
  },
  name: {
    display: "flex",
    flexWrap: "wrap",
    columnGap: tokens.spacingHorizontalM,
    alignItems: "baseline",
    flexGrow: 1,
    minWidth: 0,
    overflowWrap: "anywhere",
  },
  serial: { fontFamily: tokens.fontFamilyMonospace },
  onBrand: {
    color: tokens.colorNeutralForegroundOnBrand,
    ":hover": { color: tokens.colorNeutralForegroundOnBrand },
    ":hover:active": { color: tokens.colorNeutralForegroundOnBrand },
    ":focus": { color: tokens.colorNeutralForegroundOnBrand },
  },
  signOut: { "@media (max-width: 479px)": { minWidth: "44px", paddingInline: 0 } },
  word: { "@media (max-width: 479px)": { display: "none" } },
});

/** The node's name, settings, and sign-out. */
function TopBar(): ReactElement {
  const styles = useBarStyles();
  const texts = useTexts();
  const { state, api, feed } = useNode();
  const queryClient = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => api.call("DELETE", "/api/session", z.object({}), {}),
    onSettled: () => {
      queryClient.clear();
      feed.reopen();
    },
  });
  return (
    <header className={styles.bar}>
      <div className={styles.name}>
        <Text weight="semibold" size={400}>
          {state.node.model}
        </Text>
        <Text className={styles.serial}>{state.node.serial}</Text>
      </div>
      <SettingsMenu className={styles.onBrand} />
      {state.session.signedIn && (
        <Button
          appearance="transparent"
          className={mergeClasses(styles.onBrand, styles.signOut)}
          icon={<SignOutRegular />}
          aria-label={texts.shell.signOut}
          onClick={() => signOut.mutate()}
        >
          <span className={styles.word}>{texts.shell.signOut}</span>
        </Button>
      )}
    </header>
  );
}

const useLinkStyles = makeStyles({
  links: {
    display: "flex",
    gap: tokens.spacingHorizontalXS,
    paddingInline: tokens.spacingHorizontalS,
    ...RULE_BELOW,
    "@media (max-width: 479px)": { justifyContent: "space-between", paddingInline: 0, gap: 0 },
  },
  link: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    minHeight: "44px",
    paddingInline: tokens.spacingHorizontalM,
    color: tokens.colorNeutralForeground2,
    textDecorationLine: "none",
    // Not a transparent border: forced colours would draw it below every link.
    paddingBlockEnd: "3px",
    ":hover": {
      color: tokens.colorNeutralForeground1,
      backgroundColor: tokens.colorSubtleBackgroundHover,
    },
    ":focus-visible": {
      outlineWidth: "2px",
      outlineStyle: "solid",
      outlineColor: tokens.colorStrokeFocus2,
      outlineOffset: "-2px",
    },
    "@media (max-width: 479px)": {
      flexDirection: "column",
      justifyContent: "center",
      gap: 0,
      paddingInline: tokens.spacingHorizontalXXS,
      paddingBlockStart: tokens.spacingVerticalXS,
      fontSize: tokens.fontSizeBase200,
      flexGrow: 1,
    },
  },
  current: {
    color: tokens.colorBrandForegroundLink,
    paddingBlockEnd: 0,
    borderBlockEndWidth: "3px",
    borderBlockEndStyle: "solid",
    borderBlockEndColor: tokens.colorCompoundBrandStroke,
  },
  icon: { display: "flex", fontSize: "20px" },
});

const PAGES = [
  { to: "/", name: "overview", Icon: HomeRegular },
  { to: "/journal", name: "journal", Icon: HistoryRegular },
  { to: "/certificates", name: "certificates", Icon: CertificateRegular },
  { to: "/network", name: "network", Icon: NetworkCheckRegular },
] as const;

function PageLinks(): ReactElement {
  const styles = useLinkStyles();
  const texts = useTexts();
  return (
    <nav aria-label={texts.shell.pages} className={styles.links}>
      {PAGES.map(({ to, name, Icon }) => (
        <Link
          key={to}
          to={to}
          className={styles.link}
          activeOptions={{ exact: true }}
          activeProps={{ className: mergeClasses(styles.link, styles.current) }}
        >
          <span className={styles.icon} aria-hidden>
            <Icon />
          </span>
          <Text size={300}>{texts[name].title}</Text>
        </Link>
      ))}
    </nav>
  );
}
