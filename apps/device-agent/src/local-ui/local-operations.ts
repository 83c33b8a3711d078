import { randomUUID } from "node:crypto";

import { AppError } from "@databox-cmk/errors";
import type { LocalFailure, LocalOperation, LocalOperationName } from "@databox-cmk/protocol";

import { type AgentEvent, isFailure } from "../core/agent-event.ts";
import type { Command } from "../core/command.ts";
import { isPending, type PendingEvent } from "../core/waiting-step.ts";
import type { CommandDependencies, RunCommand } from "../node/dependencies.ts";
import { describeFailure } from "./describe-failure.ts";

/** Receives the steps of a piece of work. */
export type Progress = (step: string) => void;

/** An operation that waits for approvers: other work may begin and end before it continues. */
export type WaitingOperation = {
  readonly id: string;
  readonly progress: Progress;
  readonly settle: (event: AgentEvent) => void;
};

export type Operations = {
  readonly current: LocalOperation | undefined;
  readonly lastFailure: { readonly at: string; readonly failure: LocalFailure } | undefined;
  /**
   * Begins work, and answers before its end. Only one at a time, so that two people cannot change a
   * node at once.
   *
   * @param whenPending - called when approvers must decide before it ends
   * @throws {AppError} `AgentBusy`
   */
  start(
    what: LocalOperationName,
    work: (progress: Progress) => Promise<AgentEvent>,
    whenPending?: (event: PendingEvent, operation: WaitingOperation) => void,
  ): string;
  /** Like `start`, but waits for the end. */
  run(
    what: LocalOperationName,
    work: (progress: Progress) => Promise<AgentEvent>,
  ): Promise<AgentEvent>;
  /** It was dropped before it ended. */
  forget(id: string): void;
  /** News of the daemon: a closed volume, a broker that does not answer. */
  hear(event: AgentEvent): void;
  /** The broker has answered: the outage has ended, and its report is removed. */
  answered(): void;
  /** The volume was opened, maybe beside this page: no failure of before is of now. */
  opened(): void;
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
    if (isPending(event)) return; // Shown as pending, since nothing has failed.
    if (isFailure(event)) lastFailure = { at: nowIso(), failure: describeFailure(event) };
    else if (event.outcome === "unlocked" || event.outcome === "locked") lastFailure = undefined;
  }

  function begin(
    what: LocalOperationName,
    work: (progress: Progress) => Promise<AgentEvent>,
    whenPending?: Parameters<Operations["start"]>[2],
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
    current = operation;
    changed();
    const show = (next: LocalOperation) => {
      operation = next;
      if (current?.id === id) current = next;
      changed();
    };
    const progress: Progress = (name) => {
      if (operation.steps.some((step) => step.name === name)) return; // Asked again.
      const atMs = Math.round(nowMs() - startedAtMs);
      show({ ...operation, steps: [...operation.steps, { name, atMs }] });
    };
    const settle = (event: AgentEvent) => {
      note(event);
      show(
        isFailure(event)
          ? { ...operation, outcome: "failed", failure: describeFailure(event) }
          : {
              ...operation,
              outcome: "done",
              notes: event.notes && [...event.notes],
            },
      );
    };
    const ended = work(progress).then((event) => {
      if (whenPending === undefined || !isPending(event)) settle(event);
      else {
        show({ ...operation, outcome: "waiting" });
        whenPending(event, { id, progress, settle });
      }
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
    start(what, work, whenPending) {
      const { id, ended } = begin(what, work, whenPending);
      void ended;
      return id;
    },
    run: (what, work) => begin(what, work).ended,
    forget(id) {
      if (current?.id === id) current = undefined;
      changed();
    },
    hear(event) {
      note(event);
      changed();
    },
    opened() {
      lastFailure = undefined;
    },
    answered() {
      if (lastFailure?.failure.class === "unreachable") lastFailure = undefined;
    },
  };
}

/**
 * Commands of this node, run in the daemon's process as from the command line. A failure is an
 * event.
 */
export type RunNodeCommand = (
  command: Command,
  progress: Progress,
  given?: { readonly passkey?: Uint8Array; readonly standardInput?: string },
) => Promise<AgentEvent>;

const READING: ReadonlySet<string> = new Set(["journal", "doctor"]);

export function createRunNodeCommand(
  run: RunCommand,
  report: CommandDependencies["report"],
): RunNodeCommand {
  return async (command, progress, given = {}) => {
    const startedAtMs = performance.now();
    const event = await run(command, {
      elapsedMs: () => performance.now() - startedAtMs,
      progress,
      readStandardInput: () => Promise.resolve(given.standardInput ?? ""),
      // The command zeroes its copy, and the caller its own.
      readSecret: () => Promise.resolve(Uint8Array.from(given.passkey ?? [])),
    });
    // The daemon's output reports the page's commands as the command line reports its own.
    if (!READING.has(command.command)) report(event);
    return event;
  };
}
