import { LoadingState, Notice, SkipLink } from "@databox-cmk/ui";
import { Button, makeStyles, ProgressBar, tokens } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { type ReactElement, Suspense, useEffect, useRef, useState } from "react";

import { followOrders } from "../api/live-updates.ts";
import { ShownPath } from "../focus/focus.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { Age, useNow } from "../shell/age.tsx";
import { useTexts } from "../texts/texts.ts";
import { ActionToaster } from "../toasts/action-toaster.tsx";
import { TopBar } from "./top-bar.tsx";

const useStyles = makeStyles({
  shell: { display: "flex", flexDirection: "column", height: "100%" },
  content: {
    flexGrow: 1,
    minHeight: 0,
    overflow: "auto",
    // Without it, an absolute text for screen readers lengthens the document below the page.
    position: "relative",
    backgroundColor: tokens.colorNeutralBackground1,
    outlineStyle: "none",
  },
});

/** Top bar and page; receives live updates of the broker. */
export function AppShell(): ReactElement {
  const styles = useStyles();
  const queryClient = useQueryClient();
  const shownPath = useRef<string>(undefined);
  const [lostSince, setLostSince] = useState<string>();
  useEffect(() => {
    let isLost = false;
    return followOrders((path) => new EventSource(path), {
      onChanged: (orderIds) => {
        void queryClient.invalidateQueries({ queryKey: QUERY_KEYS.orders });
        void queryClient.invalidateQueries({ queryKey: QUERY_KEYS.waitingApprovals });
        for (const id of orderIds) void queryClient.invalidateQueries({ queryKey: ["order", id] });
      },
      onMany: () => void queryClient.invalidateQueries(),
      onConnected: (isConnected) => {
        // This page has no news of the time in between.
        if (isConnected && isLost) void queryClient.invalidateQueries();
        if (isConnected === isLost)
          setLostSince(isConnected ? undefined : new Date().toISOString());
        isLost = !isConnected;
      },
    });
  }, [queryClient]);
  return (
    <div className={styles.shell}>
      <SkipLink />
      <TopBar />
      <ConnectionStatus lostSince={lostSince} />
      <main id="content" tabIndex={-1} className={styles.content}>
        <ShownPath value={shownPath}>
          <Suspense fallback={<LoadingState />}>
            <Outlet />
          </Suspense>
        </ShownPath>
      </main>
      <ActionToaster />
    </div>
  );
}

const TICK_MS = 500;
const SLOW_MS = 1000;
const STUCK_MS = 10_000;

const useStatusStyles = makeStyles({
  // Over the page, so that nothing moves when it comes and goes.
  progress: { position: "absolute", insetInline: 0, insetBlockStart: "40px", zIndex: 5 },
});

/** Says that the page waits for the service and is no longer renewed by itself. */
function ConnectionStatus({
  lostSince,
}: {
  /** Since when live updates have been missing; ISO 8601. */
  readonly lostSince: string | undefined;
}): ReactElement {
  const styles = useStatusStyles();
  const texts = useTexts().shell.connection;
  const { pending } = useSignedIn();
  const queryClient = useQueryClient();
  const nowMs = useNow(TICK_MS);
  const waitedMs = nowMs - (pending.oldestMs() ?? nowMs);
  return (
    <section aria-label={texts.title}>
      {waitedMs >= SLOW_MS && (
        <ProgressBar className={styles.progress} aria-label={texts.waiting} shape="square" />
      )}
      {waitedMs >= STUCK_MS && <Notice intent="warning">{texts.stuck}</Notice>}
      {lostSince !== undefined && nowMs - Date.parse(lostSince) >= STUCK_MS && (
        <Notice
          intent="warning"
          actions={
            <Button onClick={() => void queryClient.invalidateQueries()}>{texts.reload}</Button>
          }
        >
          {texts.lost} <Age since={lostSince} />.
        </Notice>
      )}
    </section>
  );
}
