import type { DrillStack, StackKind } from "./drill-stack.ts";

/**
 * One entry of the runbook: its words, and a script that does exactly its steps and shows what they
 * print.
 */
export type Drill = {
  readonly title: string;
  /** When its steps are the right ones. */
  readonly when: string;
  /** How to get back, or why there is no way back. */
  readonly undo: string;
  /** SQLite by default. */
  readonly stack?: StackKind;
  readonly run: (drill: DrillStack) => Promise<void>;
};
