import { AsyncLocalStorage } from "node:async_hooks";

/** Who goes first where places are few, at a vault or in a commit. */
export const PRIORITIES = ["unlock", "probe", "re-wrap"] as const;
export type Priority = (typeof PRIORITIES)[number];

const current = new AsyncLocalStorage<Priority>();

/** Everything that `work` asks of a vault or commits has this priority; by AsyncLocalStorage, since that happens far below. */
export function atPriority<Value>(priority: Priority, work: () => Promise<Value>): Promise<Value> {
  return current.run(priority, work);
}

/** Nobody said otherwise: somebody waits for it. */
export function currentPriority(): Priority {
  return current.getStore() ?? "unlock";
}
