import { type ErrorClass, type NextStep, renderChecks, type Who } from "@databox-cmk/errors";

import { isFailure } from "./agent-event.ts";
import type { AgentEvent, FailureEvent, SuccessEvent, SuccessOutcome } from "./agent-event.ts";
import { renderDetails } from "./event-details.ts";
import { describeWaiting } from "./waiting-request.ts";

const PEOPLE = {
  "security-administrator": "the customer's security administrator",
  "order-owner": "the owner of the order",
  "site-operator": "you, at the appliance",
  "broker-operator": "the broker's operator",
  nobody: "nobody: it passes without action",
} as const satisfies Record<Who, string>;

const PROOFS = {
  cryptsetup: "cryptsetup accepted the key",
  "authenticated-header": "the portable volume's authenticated header opened with the key",
} as const;

const WORDS = {
  refused: "refused",
  unreachable: "unreachable (not refused)",
  invalid: "failed",
  pending: "waiting for a decision",
  failed: "failed because of an internal error",
} as const;

const NEXT = {
  prepared: "the node can be shipped; at the customer's site run databox-agent unlock",
  challenged: "have it answered in the portal (order > Unlock), then run databox-agent respond",
  unlocked: "use the volume; when you are done run databox-agent lock",
  cancelled: "run databox-agent unlock to send a new request",
  recovered: "run databox-agent unlock, then databox-agent rekey",
  rekeyed: "nothing; the old passkey no longer works",
  locked: "run databox-agent unlock to open it",
  erasing: "databox-agent erase finishes an erasure that was interrupted",
  erased: "nothing; keep the certificate, and remove the state folder to use the node again",
  listed: "databox-agent journal --verify checks that no row was changed",
  healthy: "nothing; every check passed",
  serving: "run databox-agent unlock; this process renews its lease",
  stopped: "start databox-agent serve again to keep the lease of an open volume",
  verified: "nothing; no row of the journal was changed",
} as const satisfies Record<Exclude<SuccessOutcome, "waiting">, string>;

/** How a line stands out: a terminal shows it in a colour. */
export type Tone = "good" | "refused" | "unreachable";
export type Paint = (tone: Tone, text: string) => string;

/**
 * The text for a person at the appliance: the result, who must act, the steps, the next step.
 *
 * @param paint - colours the line of the result and those of failed checks
 */
export function renderEvent(event: AgentEvent, paint: Paint = (_tone, text) => text): string {
  const lines = isFailure(event) ? renderFailure(event) : renderSuccess(event);
  const [result = "", ...rest] = lines.map(printable);
  const checks = renderChecks(event.checks ?? []).map((line, index) => {
    const error = event.checks?.[index]?.error;
    return error === undefined ? line : paint(toneOf(error.class), line);
  });
  const tone = isFailure(event) ? toneOf(event.class) : "good";
  return [...checks, paint(tone, result), ...rest].join("\n");
}

const toneOf = (failure: ErrorClass): Tone =>
  failure === "unreachable" || failure === "pending" ? "unreachable" : "refused";

function renderFailure(event: FailureEvent): string[] {
  return [
    `${subject(event)} ${titleOf(event)} (${duration(event.elapsedMs)})`,
    ...renderBody(event),
    ...(event.correlationId === undefined ? [] : [`Correlation id: ${event.correlationId}`]),
    `Next: ${event.nextStep === undefined ? event.ask : renderNextStep(event.nextStep)}`,
  ];
}

function titleOf({ outcome, title, code, reason }: FailureEvent): string {
  return `${WORDS[outcome]}: ${title} [${reason === undefined ? code : `${code}: ${reason}`}]`;
}

/** Renders the finding, who must act, and the steps. */
function renderBody({ message, detail, relocked, who, steps }: FailureEvent): string[] {
  return [
    `  ${message}.${detail === undefined ? "" : ` (${detail})`}`,
    ...(relocked === true ? ["  The volume was open and has been closed."] : []),
    `Who must act: ${PEOPLE[who]}`,
    ...steps.flatMap(({ text, command }, index) => [
      `  ${String(index + 1)}. ${text}`,
      ...(command === undefined ? [] : [`       ${command}`]),
    ]),
  ];
}

/** Why the volume is closed, or will close: as the failure itself. */
function renderCause(cause: NonNullable<SuccessEvent["cause"]>): string[] {
  return [`Since ${cause.at}, ${titleOf(cause)}`, ...renderBody(cause)];
}

function renderNext({ outcome, nextStep, cause }: SuccessEvent): string[] {
  if (outcome === "waiting") return [];
  if (nextStep !== undefined && cause !== undefined) return [`Next: ${renderNextStep(nextStep)}`];
  return [`Next: ${cause?.ask ?? NEXT[outcome]}`];
}

function renderSuccess(event: SuccessEvent): string[] {
  return [
    `${subject(event)} ${event.outcome}${proofOf(event)} (${duration(event.elapsedMs)})`,
    ...renderDetails(event.details ?? {}),
    ...renderWaiting(event),
    ...(event.carried === undefined
      ? []
      : [...(event.carried.qr ?? "").split("\n"), event.carried.text]),
    ...(event.rows ?? []).map(
      ({ sequence, at, event: what, facts }) =>
        `  ${String(sequence).padStart(5)}  ${at}  ${what}  ${renderFacts(facts)}`,
    ),
    ...(event.notes ?? []).map((note) => `  Note: ${note}.`),
    ...(event.correlationId === undefined ? [] : [`Correlation id: ${event.correlationId}`]),
    ...(event.cause === undefined ? [] : renderCause(event.cause)),
    ...renderNext(event),
  ];
}

function subject(event: AgentEvent): string {
  return event.node === undefined ? `${event.event}:` : `${event.node}: ${event.event}:`;
}

/** Renders what a node waits for, beside the requested result. */
function renderWaiting({ outcome, approval }: SuccessEvent): string[] {
  if (approval === undefined || outcome === "waiting") return [];
  const { since, until } = approval;
  return [
    `  waits for approval: ${describeWaiting(approval)}`,
    `  waits since: ${since}`,
    `  waits until: ${until}`,
  ];
}

function proofOf({ proof, mapping, outcome, approval }: SuccessEvent): string {
  if (outcome === "waiting" && approval !== undefined) return `: ${describeWaiting(approval)}`;
  if (proof === undefined) return "";
  if (mapping !== undefined) return `: ${PROOFS[proof]}, the volume is /dev/mapper/${mapping}`;
  if (proof === "cryptsetup" && outcome === "unlocked")
    return `: ${PROOFS[proof]} (no device-mapper here, so only the header was opened)`;
  return `: ${PROOFS[proof]}`;
}

function renderNextStep({ text, command }: NextStep): string {
  return command === undefined ? text : `${text}: ${command}`;
}

function renderFacts(facts: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}

function duration(elapsedMs: number): string {
  return elapsedMs < 1000 ? `${elapsedMs.toFixed(0)} ms` : `${(elapsedMs / 1000).toFixed(1)} s`;
}

/** Foreign text is shown, but its control characters never reach the terminal. */
function printable(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}
