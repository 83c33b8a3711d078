import { Spinner } from "@fluentui/react-components";
import { type ReactElement, type ReactNode, useMemo, useSyncExternalStore } from "react";

import type { NodeConnection } from "../state/connect-node.ts";
import { NodeContext } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { ConnectionBanner } from "./connection-banner.tsx";

/** Shows its children as soon as the node has sent its state, and keeps that state current. */
export function NodeGate({
  connection,
  children,
}: {
  readonly connection: NodeConnection;
  readonly children: ReactNode;
}): ReactElement {
  const texts = useTexts();
  const { feed, api } = connection;
  const view = useSyncExternalStore(feed.subscribe, feed.view);
  const node = useMemo(() => {
    const { state, ...rest } = view;
    return state === undefined ? undefined : { ...rest, state, feed, api };
  }, [view, feed, api]);
  if (node !== undefined) return <NodeContext value={node}>{children}</NodeContext>;
  return (
    <main>
      {view.isLost ? <ConnectionBanner /> : <Spinner label={texts.connection.connecting} />}
    </main>
  );
}
