import { explain, toAppError } from "@databox-cmk/errors";
import type { AppError, Facts } from "@databox-cmk/errors";
import type { Denial } from "@databox-cmk/protocol";

import type { CommandName, FailureEvent, Timings } from "./agent-event.ts";
import { OUTCOMES } from "./exit-codes.ts";
import type { WaitingView } from "./waiting-request.ts";

export type EventContext = {
  readonly event: CommandName;
  readonly node?: string | undefined;
  readonly volume?: FailureEvent["volume"] | undefined;
  readonly elapsedMs: number;
  readonly timings?: Timings | undefined;
  readonly approval?: WaitingView | undefined;
};

/** Including the values for the placeholders of the steps, beside the failure's own facts. */
export type ErrorContext = EventContext & { readonly known: Facts };

/** A failure of this machine's own, explained from the table. */
export function eventOfError(error: unknown, context: ErrorContext): FailureEvent {
  const failure: AppError = toAppError(error);
  const { code, reason, facts, detail } = failure;
  const node = context.node === undefined ? {} : { serial: context.node };
  const explanation = explain(code, { reason, facts: { ...node, ...context.known, ...facts } });
  const retryAfterSeconds = facts["retryAfterSeconds"];
  return {
    ...common(context),
    outcome: OUTCOMES[explanation.class],
    code,
    reason,
    class: explanation.class,
    who: explanation.who,
    title: explanation.title,
    message: explanation.message,
    ask: explanation.ask,
    detail,
    steps: explanation.steps,
    retryAfterSeconds: typeof retryAfterSeconds === "number" ? retryAfterSeconds : undefined,
  };
}

/**
 * A denial that the broker signed. Its text is used unchanged, even for a code that this agent's
 * table does not have: a newer broker has more codes.
 */
export function eventOfDenial(
  denial: Denial,
  context: EventContext & { readonly relocked?: boolean },
): FailureEvent {
  const { requestHash: _requestHash, class: errorClass, ...words } = denial;
  return {
    ...common(context),
    outcome: OUTCOMES[errorClass],
    class: errorClass,
    code: words.code,
    reason: words.reason,
    who: words.who,
    title: words.title,
    message: words.message,
    ask: words.ask,
    steps: words.steps.map(({ text, command }) =>
      command === undefined ? { text } : { text, command },
    ),
    correlationId: words.correlationId,
    vaultRequestId: words.vaultRequestId,
    retryAfterSeconds: words.retryAfterSeconds,
    ...(context.relocked === true ? { relocked: true as const } : {}),
  };
}

function common(context: EventContext) {
  return {
    event: context.event,
    node: context.node,
    volume: context.volume,
    elapsedMs: context.elapsedMs,
    timings: context.timings,
    approval: context.approval,
  };
}
