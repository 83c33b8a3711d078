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
 * Reasons that were added after versions which throw at an unknown one: former brokers read what is
 * stored, and former agents what is sent.
 */
const LATER: ReadonlySet<string> = new Set([
  "BrokerUnreachable silent",
  "IdentityProviderUnreachable accounts-hidden",
  "PurposeForbidden early",
  "PurposeForbidden ended",
  "PurposeForbidden returning",
  "RateLimited budget",
  "UnlockRevoked operator",
]);

/** The failure as it is stored and sent: a reason that former versions lack is a fact. */
export function readableByFormer<
  Told extends Pick<ExplainOptions, "reason" | "facts"> & { readonly code: ErrorCode },
>(failure: Told): Told {
  const { code, reason = "", facts } = failure;
  return LATER.has(`${code} ${reason}`)
    ? { ...failure, reason: undefined, facts: { ...facts, finer: reason } }
    : failure;
}

/**
 * The row of a code, its reason laid over it and the facts filled in. A reason that the row does
 * not list comes from a newer version, and changes nothing.
 */
export function explain(code: ErrorCode, options: ExplainOptions = {}): Explanation {
  const row: ErrorRow = ERRORS[code];
  const finer = options.reason ?? options.facts?.["finer"]?.toString();
  const reason = reasonOf(code, finer);
  const cloud = cloudOfFacts(options.facts ?? {});
  const facts = { ...cloudFacts(cloud), ...options.facts };
  const who = reason?.who ?? row.who;
  const steps = stepsOf(code, finer)
    .filter((step) => options.for === undefined || (step.for ?? who) === options.for)
    .map((step) => fillStep(step, facts, options.facts));
  return {
    code,
    reason: knownReason(code, options.reason),
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

/** A reason from storage or from another program, if the row lists it. */
export const knownReason = (code: ErrorCode, reason: string | undefined): string | undefined =>
  reasonOf(code, reason) && reason;

/**
 * The reason whose message a denial begins with: a reason that former versions lack is not named in
 * it.
 */
export function reasonOfMessage(code: ErrorCode, told: string): string | undefined {
  const { reasons = {} }: ErrorRow = ERRORS[code];
  return Object.entries(reasons).find(
    ([, { message }]) => told === message || told.startsWith(`${message}: `),
  )?.[0];
}

/** The reason's own column entries, or `undefined` when the row lists none of this name. */
export function reasonOf(code: ErrorCode, reason: string | undefined): Reason | undefined {
  if (reason === undefined) return undefined;
  const { reasons }: ErrorRow = ERRORS[code];
  return reasons !== undefined && Object.hasOwn(reasons, reason) ? reasons[reason] : undefined;
}

/** The steps as they stand in the table, with their placeholders. */
export function stepsOf(code: ErrorCode, reason: string | undefined): readonly Step[] {
  const row: ErrorRow = ERRORS[code];
  return reasonOf(code, reason)?.steps ?? row.steps;
}

function fillStep(
  { text: words, command, needs }: Step,
  facts: Facts,
  known: Facts | undefined,
): ExplainedStep {
  const text = fillText(words, facts);
  const isOmitted = known !== undefined && needs !== undefined && known[needs] === undefined;
  return command === undefined || isOmitted
    ? { text }
    : { text, command: fillCommand(command, facts) };
}
