import { waitForApproval } from "../approval/wait-for-approval.ts";
import { isFailure } from "../core/agent-event.ts";
import { isPending, type PendingEvent } from "../core/waiting-step.ts";
import type { CommandDependencies, RunCommand } from "../node/dependencies.ts";
import type { WaitingOperation } from "./local-operations.ts";

/**
 * Continues to wait after a person has unlocked from the page and left: the daemon polls until
 * approvers have decided. It ignores a waiting request in the state folder that was not begun here,
 * since another process may be waiting for it.
 */
export type ApprovalWaiter = AsyncDisposable & {
  /** Id of the operation that waits. */
  readonly operation: string | undefined;
  begin(first: PendingEvent, operation: WaitingOperation): void;
  /** Stops polling; the request stays. */
  stop(): void;
};

export function createApprovalWaiter({
  run,
  pause,
  report,
  changed,
}: Pick<CommandDependencies, "pause" | "report"> & {
  readonly run: RunCommand;
  readonly changed: () => void;
}): ApprovalWaiter {
  let current: { readonly id: string; readonly stop: AbortController } | undefined;
  let running: Promise<void> = Promise.resolve();

  async function wait(
    first: PendingEvent,
    { id, progress, settle }: WaitingOperation,
    stop: AbortController,
  ): Promise<void> {
    const startedAtMs = performance.now();
    const elapsedMs = () => performance.now() - startedAtMs;
    const event = await waitForApproval({
      first,
      ask: () => run({ command: "unlock", approval: "go-on" }, { elapsedMs, progress }),
      pause,
      tell: (told) => {
        report(told);
        changed();
      },
      stop: stop.signal,
    });
    if (current?.id === id) current = undefined;
    // It was dropped, or the daemon ends: the next waiter will report the result.
    if (isPending(event) || (stop.signal.aborted && isFailure(event))) return;
    report(event);
    settle(event);
  }

  return {
    get operation() {
      return current?.id;
    },
    begin(first, operation) {
      current?.stop.abort();
      const stop = new AbortController();
      current = { id: operation.id, stop };
      changed();
      const waited = wait(first, operation, stop);
      running = Promise.all([running, waited]).then(() => undefined);
    },
    stop() {
      current?.stop.abort();
      current = undefined;
    },
    async [Symbol.asyncDispose]() {
      current?.stop.abort();
      await running;
    },
  };
}
