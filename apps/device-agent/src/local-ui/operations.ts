import { randomUUID } from "node:crypto";

import { AppError } from "@databox-cmk/errors";
import type { LocalFailure, LocalOperation, LocalOperationName } from "@databox-cmk/protocol";

import { isFailure } from "../core/agent-event.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import { describeFailure } from "./describe-failure.ts";

/** What a piece of work reports its steps to. */
export type Progress = (step: string) => void;

export type Operations = {
  readonly current: LocalOperation | undefined;
  readonly lastFailure: { readonly at: string; readonly failure: LocalFailure } | undefined;
  /**
   * Begins work, and answers before its end. One at a time: what two people at once would do to a node is decided by the first.
   *
   * @throws {AppError} `AgentBusy`
   */
  start(what: LocalOperationName, work: (progress: Progress) => Promise<AgentEvent>): string;
  /** As `start`, and waits for its end. */
  run(
    what: LocalOperationName,
    work: (progress: Progress) => Promise<AgentEvent>,
  ): Promise<AgentEvent>;
  /** What the daemon has to tell: a volume that was closed, a broker that does not answer. */
  hear(event: AgentEvent): void;
  /** The broker has answered: an outage is over, and nothing more is to be said of it. */
  answered(): void;
};

export function createOperations(options: {
  readonly nowIso: () => string;
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number;
  readonly changed: () => void;
}): Operations {
  const { nowIso, nowMs, changed } = options;
  let current: LocalOperation | undefined;
  let lastFailure: Operations["lastFailure"];

  function note(event: AgentEvent): void {
    if (isFailure(event)) lastFailure = { at: nowIso(), failure: describeFailure(event) };
    else if (event.outcome === "unlocked" || event.outcome === "locked") lastFailure = undefined;
  }

  function begin(
    what: LocalOperationName,
    work: (progress: Progress) => Promise<AgentEvent>,
  ): { readonly id: string; readonly ended: Promise<AgentEvent> } {
    if (current?.outcome === "running")
      throw new AppError("AgentBusy", { detail: `${current.what} is running` });
    const id = randomUUID();
    const startedAtMs = nowMs();
    let operation: LocalOperation = {
      id,
      what,
      startedAt: nowIso(),
      steps: [],
      outcome: "running",
    };
    const show = (next: LocalOperation) => {
      operation = next;
      current = next;
      changed();
    };
    show(operation);
    const ended = work((name) => {
      const atMs = Math.round(nowMs() - startedAtMs);
      show({ ...operation, steps: [...operation.steps, { name, atMs }] });
    }).then((event) => {
      note(event);
      show(
        isFailure(event)
          ? { ...operation, outcome: "failed", failure: describeFailure(event) }
          : {
              ...operation,
              outcome: "done",
              ...(event.notes === undefined ? {} : { notes: [...event.notes] }),
            },
      );
      return event;
    });
    return { id, ended };
  }

  return {
    get current() {
      return current;
    },
    get lastFailure() {
      return lastFailure;
    },
    start(what, work) {
      const { id, ended } = begin(what, work);
      void ended;
      return id;
    },
    run: (what, work) => begin(what, work).ended,
    hear(event) {
      note(event);
      changed();
    },
    answered() {
      if (lastFailure?.failure.class === "unreachable") lastFailure = undefined;
    },
  };
}
