import { type ErrorClass, isErrorCode } from "@databox-cmk/errors";

import type { Fault } from "./fault.ts";
import type { AgentFault } from "./faults/agent-faults.ts";
import type { StageFault } from "./faults/stage-faults.ts";
import type { Observation } from "./observation.ts";
import type { AgentFaultResult } from "./run-agent-fault.ts";
import type { FaultResult } from "./run-fault.ts";

const EXIT_CODES = {
  refused: 3,
  unreachable: 4,
  invalid: 5,
  pending: 6,
  internal: 1,
} as const satisfies Record<ErrorClass, number>;
/** A name that was not filled in. */
const HOLE = /<[a-zA-Z]+>/g;

/** The differences from the table; empty when there are none. */
export function judgeFault(fault: Fault, result: FaultResult): string[] {
  const { seen, audit, before, after, cured } = result;
  const problems = fault.shownBy.flatMap((surface) => {
    const observation = seen[surface];
    return observation === undefined
      ? [`${surface}: nothing failed`]
      : judge(fault, fault.class, observation).map((problem) => `${surface}: ${problem}`);
  });
  if (fault.shownBy.includes("unlock")) problems.push(...judgeAudit(fault, audit));
  if (before !== after) problems.push(`the order was changed from ${before} to ${after}`);
  if (cured !== "unlocked" && fault.cure !== undefined)
    problems.push(
      `after the cure: ${cured === "none" ? cured : `${cured.code} ${cured.reason ?? ""}`}`,
    );
  return problems;
}

export function judgeAgentFault(fault: AgentFault, { seen, journal }: AgentFaultResult): string[] {
  const problems = judge(fault, "unreachable", seen);
  if (!journal.includes(fault.code)) problems.push(`the journal does not tell ${fault.code}`);
  return problems;
}

export function judgeStageFault(fault: StageFault, { seen }: AgentFaultResult): string[] {
  return judge(fault, fault.class, seen);
}

type Expectation = Pick<Fault, "code" | "reason" | "who">;

function judge(
  { code, reason, who }: Expectation,
  errorClass: ErrorClass,
  observation: Observation,
): string[] {
  const problems: string[] = [];
  const expect = (what: string, expected: unknown, actual: unknown) => {
    if (expected !== actual)
      problems.push(`expected ${what} ${String(expected)}, got ${String(actual)}`);
  };
  expect("code", code, observation.code);
  expect("reason", reason, observation.reason);
  expect("who", who, observation.who);
  if (observation.class !== undefined) expect("class", errorClass, observation.class);
  if (observation.exitCode !== undefined)
    expect("exit code", EXIT_CODES[errorClass], observation.exitCode);
  if (errorClass === "unreachable" && observation.code.startsWith("Ssem"))
    problems.push("an outage shows a customer's code");
  if (!isErrorCode(observation.code)) problems.push(`${observation.code} is not one of our codes`);
  if (observation.steps.length === 0) problems.push("no steps");
  const holes = observation.text.match(HOLE);
  if (holes !== null) problems.push(`holes ${[...new Set(holes)].join(" ")}`);
  return problems;
}

function judgeAudit(fault: Fault, audit: FaultResult["audit"]): string[] {
  if (audit === undefined) return ["no audit row"];
  const { action, code, reason, outcome } = audit;
  const expected = {
    action: "unlock",
    code: fault.code,
    reason: fault.reason,
    outcome: fault.class === "refused" || fault.class === "invalid" ? "refused" : "failed",
  };
  const actual = { action, code, reason, outcome };
  return JSON.stringify(actual) === JSON.stringify(expected)
    ? []
    : [`audit row ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`];
}
