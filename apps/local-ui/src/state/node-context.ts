import type { LocalState } from "@databox-cmk/protocol";
import { createContext, useContext, useEffect, useState } from "react";

import type { NodeConnection } from "./connect-node.ts";
import type { FeedView } from "./state-feed.ts";

export type NodeView = NodeConnection &
  Omit<FeedView, "state"> & {
    readonly state: LocalState;
  };

export const NodeContext = createContext<NodeView | undefined>(undefined);

/** The present state of the node, and its calls. */
export function useNode(): NodeView {
  const node = useContext(NodeContext);
  if (node === undefined) throw new RangeError("read outside of NodeGate");
  return node;
}

const SECOND_MS = 1000;

/** Seconds since the state arrived, counting: the state's durations must be reduced by them. */
export function useSecondsSinceState(): number {
  const { receivedAtMs, feed } = useNode();
  const [nowMs, setNowMs] = useState(feed.nowMs);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(feed.nowMs()), SECOND_MS);
    return () => clearInterval(timer);
  }, [feed]);
  return Math.max(0, (nowMs - receivedAtMs) / SECOND_MS);
}
