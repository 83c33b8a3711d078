import { type CloudName, CLOUDS, cloudOfFacts, PUBLIC_CLOUD } from "./clouds.ts";
import { fillCommand, fillText } from "./fill.ts";
import type { ErrorClass, ErrorRow, Facts, Reason, Recoverable, Step, Who } from "./row.ts";
import { ERRORS, type ErrorCode } from "./table.ts";
import { ANSWERS } from "./table/answers.ts";

export type ExplainedStep = { readonly text: string; readonly command?: string | undefined };

export type Explanation = {
  readonly code: ErrorCode;
  readonly reason?: string | undefined;
  readonly title: string;
  readonly message: string;
  readonly class: ErrorClass;
  readonly httpStatus: number;
  readonly who: Who;
  readonly recoverable: Recoverable;
  /** One sentence for the person at the appliance. */
  readonly ask: string;
  readonly steps: readonly ExplainedStep[];
};

export type ExplainOptions = {
  readonly reason?: string | undefined;
  readonly facts?: Facts | undefined;
  /** Only the steps of this person; without it all steps, in order. */
  readonly for?: Who | undefined;
  /** Whether az commands for another cloud than the public one follow a step that names it. */
  readonly namesCloud?: boolean;
};

/**
 * The row of a code, its reason laid over it and the facts filled in.
 *
 * @throws {RangeError} when the reason is not listed in the row: a programming error.
 */
export function explain(code: ErrorCode, options: ExplainOptions = {}): Explanation {
  const row: ErrorRow = ERRORS[code];
  const reason = reasonOf(code, options.reason);
  const cloud = cloudOfFacts(options.facts ?? {});
  const facts = { ...cloudFacts(cloud), ...options.facts };
  const who = reason?.who ?? row.who;
  const steps = stepsOf(code, options.reason)
    .filter((step) => options.for === undefined || (step.for ?? who) === options.for)
    .map((step) => fillStep(step, facts));
  return {
    code,
    reason: options.reason,
    title: row.title,
    message: reason?.message ?? row.message,
    class: row.class,
    httpStatus: row.httpStatus,
    who,
    recoverable: reason?.recoverable ?? row.recoverable,
    ask: fillText(reason?.ask ?? row.ask, facts),
    steps: options.namesCloud === false ? steps : [...chooseCloud(steps, cloud), ...steps],
  };
}

function cloudFacts(cloud: CloudName | undefined): Facts {
  if (cloud === undefined) return {};
  const { vaultSuffix, tokenExchangeAudience } = CLOUDS[cloud];
  return { vaultSuffix, federationAudience: tokenExchangeAudience };
}

/** az sends each command to one cloud, by default to the public one. */
function chooseCloud(
  steps: readonly ExplainedStep[],
  cloud: CloudName | undefined,
): readonly ExplainedStep[] {
  const isNeeded =
    cloud !== undefined &&
    cloud !== PUBLIC_CLOUD &&
    steps.some(({ command }) => command?.startsWith("az "));
  return isNeeded ? [{ text: ANSWERS.chooseCloud, command: `az cloud set --name ${cloud}` }] : [];
}

/** The reason's own column entries, or `undefined` when none was given. */
export function reasonOf(code: ErrorCode, reason: string | undefined): Reason | undefined {
  if (reason === undefined) return undefined;
  const { reasons }: ErrorRow = ERRORS[code];
  if (reasons === undefined || !Object.hasOwn(reasons, reason)) {
    throw new RangeError(`${code} has no reason "${reason}"`);
  }
  return reasons[reason];
}

/** The steps as they stand in the table, with their placeholders. */
export function stepsOf(code: ErrorCode, reason: string | undefined): readonly Step[] {
  const row: ErrorRow = ERRORS[code];
  return reasonOf(code, reason)?.steps ?? row.steps;
}

function fillStep(step: Step, facts: Facts): ExplainedStep {
  const text = fillText(step.text, facts);
  return step.command === undefined
    ? { text }
    : { text, command: fillCommand(step.command, facts) };
}
