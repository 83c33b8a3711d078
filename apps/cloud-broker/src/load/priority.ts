import { AsyncLocalStorage } from "node:async_hooks";

/** The order in which waiting work is served at a vault. */
export const PRIORITIES = ["unlock", "probe", "re-wrap"] as const;
export type Priority = (typeof PRIORITIES)[number];

const current = new AsyncLocalStorage<Priority>();

/** Sets the priority of every vault call that `work` makes, many calls below. */
export function atPriority<Value>(priority: Priority, work: () => Promise<Value>): Promise<Value> {
  return current.run(priority, work);
}

/** The default: a person or a device waits for the result. */
export function currentPriority(): Priority {
  return current.getStore() ?? "unlock";
}
