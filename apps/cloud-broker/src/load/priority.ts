import { createWorkPart } from "./work.ts";

/** The order in which waiting work is served at a vault. */
export const PRIORITIES = ["unlock", "probe", "re-wrap"] as const;
export type Priority = (typeof PRIORITIES)[number];

const current = createWorkPart<Priority>("priority");

/** Sets the priority of every vault call that `work` makes, many calls below. */
export function atPriority<Value>(priority: Priority, work: () => Promise<Value>): Promise<Value> {
  return current.run(priority, work);
}

/** The default: a person or a device waits for the result. */
export function currentPriority(): Priority {
  return current.current() ?? "unlock";
}
