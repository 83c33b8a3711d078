import type { LocalState } from "@databox-cmk/protocol";
import { createContext, useContext } from "react";

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
