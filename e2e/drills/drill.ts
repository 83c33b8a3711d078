import type { TheatreKind } from "./open-theatre.ts";
import type { Stage } from "./stage.ts";

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
  readonly theatre?: TheatreKind;
  readonly run: (stage: Stage) => Promise<void>;
};
