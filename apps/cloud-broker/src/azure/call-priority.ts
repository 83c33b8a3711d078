import { AsyncLocalStorage } from "node:async_hooks";

/** Whose call goes first where a vault's places are few. */
export const PRIORITIES = ["unlock", "probe", "re-wrap"] as const;
export type CallPriority = (typeof PRIORITIES)[number];

const current = new AsyncLocalStorage<CallPriority>();

/** Everything that `work` asks of a vault has this priority; by AsyncLocalStorage, since the calls happen far below. */
export function atPriority<Value>(
  priority: CallPriority,
  work: () => Promise<Value>,
): Promise<Value> {
  return current.run(priority, work);
}

/** Nobody said otherwise: somebody waits for it. */
export function currentPriority(): CallPriority {
  return current.getStore() ?? "unlock";
}
