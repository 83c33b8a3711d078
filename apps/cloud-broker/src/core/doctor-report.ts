import {
  type Check,
  type CheckFailure,
  type CheckRun,
  decideNextStep,
  type ErrorClass,
  type ErrorCode,
  ERRORS,
  type NextStep,
  renderChecks,
} from "@databox-cmk/errors";

export type DoctorReport = {
  readonly event: "doctor";
  readonly outcome: "healthy" | "failed";
  /** The code of the first failed check. */
  readonly code?: ErrorCode | undefined;
  readonly reason?: string | undefined;
  readonly class?: ErrorClass;
  readonly elapsedMs: number;
  readonly checks: readonly Check[];
  readonly nextStep: NextStep;
};

/**
 * The same exit codes as the agent's: a script tells a refusal from an outage by the exit code
 * alone.
 */
const EXIT_CODES = {
  internal: 1,
  refused: 3,
  unreachable: 4,
  invalid: 5,
  pending: 6,
} as const satisfies Record<ErrorClass, number>;

export function reportOf({ checks, failure }: CheckRun, elapsedMs: number): DoctorReport {
  const common = { event: "doctor", elapsedMs: Math.round(elapsedMs * 10) / 10, checks } as const;
  if (failure === undefined)
    return { ...common, outcome: "healthy", nextStep: decideNextStep(undefined) };
  const { code, reason } = failure;
  return {
    ...common,
    outcome: "failed",
    code,
    reason,
    class: ERRORS[code].class,
    nextStep: decideNextStep(ofOperator(failure)),
  };
}

/** A wrong setting has no steps of its own in the table: its message says how to correct it. */
function ofOperator(failure: CheckFailure): CheckFailure {
  if (failure.code !== "Misuse" || failure.remedy !== undefined) return failure;
  const text = `Correct this, then run the doctor again: ${failure.detail ?? "see the check"}`;
  return { ...failure, remedy: { who: "broker-operator", text } };
}

export function exitCodeOf({ class: failed }: DoctorReport): number {
  return failed === undefined ? 0 : EXIT_CODES[failed];
}

export function renderReport(report: DoctorReport): string {
  const { nextStep, outcome, elapsedMs, code } = report;
  const command = nextStep.command === undefined ? "" : `\n      ${nextStep.command}`;
  const verdict = code === undefined ? outcome : `${outcome} [${code}]`;
  return [
    ...renderChecks(report.checks),
    `broker: doctor: ${verdict} (${elapsedMs.toFixed(0)} ms)`,
    `Next: ${nextStep.text}${command}`,
  ].join("\n");
}
