import {
  AppError,
  type ErrorCode,
  explain,
  type Facts,
  isErrorCode,
  knownReason,
  toAppError,
} from "@databox-cmk/errors";
import type { Denial } from "@databox-cmk/protocol";

import type { CommandName, FailureEvent, Timings } from "./agent-event.ts";
import { causeOf } from "./describe-duration.ts";
import { OUTCOMES } from "./exit-codes.ts";
import type { ClosingCause, HeldLease } from "./lease-state.ts";
import type { Settings } from "./settings.ts";
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
export function eventOfError(error: unknown, { known, ...context }: ErrorContext): FailureEvent {
  const { code, reason, facts, detail }: AppError = toAppError(error);
  const node = context.node === undefined ? {} : { serial: context.node };
  const explained = explain(code, { reason, facts: { ...node, ...known, ...facts } });
  const { class: errorClass, who, title, message, ask, steps } = explained;
  const { retryAfterSeconds } = facts;
  return {
    ...context,
    outcome: OUTCOMES[errorClass],
    code,
    reason,
    class: errorClass,
    who,
    title,
    message,
    ask,
    detail,
    steps: steps.flatMap((step) => ofEachAddress(step, known)),
    retryAfterSeconds: typeof retryAfterSeconds === "number" ? retryAfterSeconds : undefined,
  };
}

/** A step that names the broker's address, for each of its addresses. */
function ofEachAddress(step: FailureEvent["steps"][number], known: Facts): FailureEvent["steps"] {
  const { brokerUrl: first = "", otherBrokers = "" } = known;
  const names = `${step.text} ${step.command ?? ""}`.includes(String(first));
  if (first === "" || otherBrokers === "" || !names) return [step];
  return [first, ...String(otherBrokers).split(" ")].map((url) => ({
    ...step,
    text: step.text.replaceAll(String(first), String(url)),
    command: step.command?.replaceAll(String(first), String(url)),
  }));
}

/**
 * A denial that the broker signed. Its text is used as it is, even for a code that this agent's
 * table does not have: a newer broker has more codes. This node fills in what only it knows.
 */
export function eventOfDenial(
  { requestHash: _requestHash, extensions: _extensions, ...denial }: Denial,
  {
    relocked = false,
    known = {},
    ...context
  }: EventContext & Partial<ErrorContext> & { readonly relocked?: boolean },
): FailureEvent {
  const fill = (text: string) => fillLeft(text, known);
  return {
    ...context,
    ...denial,
    ask: fill(denial.ask),
    steps: denial.steps.flatMap(({ text, command }) =>
      ofEachAddress(
        { text: fill(text), command: command === undefined ? undefined : fill(command) },
        known,
      ),
    ),
    outcome: OUTCOMES[denial.class],
    relocked: relocked ? true : undefined,
  };
}

/** This machine explains each of its own decisions by a code and a text. */
const OWN = {
  order: ["UnlockRevoked", "the broker ordered the volume to be closed"],
  outage: ["BrokerUnreachable", "there was no authoritative answer within the outage grace period"],
  boot: ["LeaseInvalid", "the machine was restarted, which ends a lease"],
  rollback: [
    "LeaseInvalid",
    "the state of this node was set back, so its lease is no longer valid",
  ],
} as const satisfies Record<ClosingCause, readonly [ErrorCode, string]>;
/** Why an open volume is closed: the broker's order, or this machine's own decision. */
export function eventOfClosing(
  cause: ClosingCause,
  { hindered }: Pick<HeldLease, "hindered">,
  order: Denial | undefined,
  context: ErrorContext,
): FailureEvent {
  if (cause === "order" && order !== undefined) return eventOfDenial(order, context);
  const [own, detail] = OWN[cause];
  if (cause !== "outage" || hindered === undefined)
    return eventOfError(new AppError(own, { detail }), context);
  const { code, reason } = hindered;
  return eventOfError(
    new AppError(isErrorCode(code) ? code : "LeaseInvalid", {
      reason: isErrorCode(code) ? knownReason(code, reason) : undefined,
      detail: `the broker answered, but renewed no lease within the outage grace period (${causeOf(hindered)})`,
    }),
    context,
  );
}

/** What the broker could not name, such as the order of a node that it does not know. */
const fillLeft = (text: string, known: Facts): string =>
  text.replaceAll(/<(\w+)>/g, (placeholder, name: string) =>
    Object.hasOwn(known, name) ? String(known[name]) : placeholder,
  );

/** The facts about a node that are known also before it is prepared. */
export type NamedNode = Pick<Settings, "serial" | "order"> & {
  readonly connection: Pick<Settings["connection"], "brokerUrl" | "otherBrokers">;
};

/**
 * The values for the placeholders of the steps that are shown at a node.
 *
 * @param node - as far as its settings could be read
 */
export function knownFacts(stateDir: string, node: NamedNode | undefined): Facts {
  if (node === undefined) return { stateDir };
  const { serial, connection, order } = node;
  return {
    stateDir,
    serial,
    brokerUrl: connection.brokerUrl,
    otherBrokers: connection.otherBrokers?.join(" ") ?? "",
    orderId: order,
    orderName: order.split("/").at(-1) ?? "",
  };
}
