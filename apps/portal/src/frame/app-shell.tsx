import { LoadingState, SkipLink } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { type ReactElement, Suspense, useEffect, useRef, useState } from "react";

import { followOrders } from "../api/live-updates.ts";
import { ShownPath } from "../focus/page-focus.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { ActionToaster } from "../toasts/action-toaster.tsx";
import { ConnectionStatus } from "./connection-status.tsx";
import { TopBar } from "./top-bar.tsx";

const useStyles = makeStyles({
  shell: { display: "flex", flexDirection: "column", height: "100%" },
  content: {
    flexGrow: 1,
    minHeight: 0,
    overflow: "auto",
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
